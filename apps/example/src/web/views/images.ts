import type { JobRecord } from '@goplate/queue-core'
import { html } from 'hono/html'
import type { Image } from '../../app/entities/image.ts'
import { bytes } from './format.ts'
import { badge } from './job-table.ts'
import { actionButton, page, type Html } from './page.ts'

/** What a job makes of a photo. `job` is absent when it was deleted, `made` until it has finished. */
export interface Version {
  readonly jobId: string
  readonly job: JobRecord | undefined
  readonly made?: { readonly bytes: number; readonly width: number; readonly height: number }
}

/** A photo with its resized and its compressed version. */
export interface Picture {
  readonly image: Image
  readonly versions: readonly Version[]
}

export function imagesPage({ pictures, error }: { pictures: readonly Picture[]; error?: string }): Html {
  return page({
    title: 'Images',
    section: '/images',
    live: error === undefined,
    body: html`
      <section class="card">
        <h1>Images</h1>
        <p>A photo is stored together with two jobs: one makes it smaller, one makes it lighter.</p>
        ${error !== undefined && html`<p class="note bad" role="alert">${error}</p>`}
        <form method="post" action="/images" enctype="multipart/form-data" class="upload">
          <input type="file" name="photo" accept="image/jpeg,image/png,image/webp" aria-label="Photo" required />
          <button class="primary">Upload</button>
        </form>
        <div class="quiet row">
          <span>JPEG, PNG or WebP, up to 8 MB. No photo at hand?</span>
          ${actionButton({ action: '/images/sample', label: 'Take a sample', kind: 'link' })}
        </div>
      </section>
      <div id="pictures" class="pictures" data-live>${pictures.map(card)}</div>
    `,
  })
}

function card({ image, versions }: Picture): Html {
  return html`<section class="card picture" id="image-${image.id}">
    <h2>${image.name}</h2>
    <div class="versions">
      <figure>
        <a href="/uploads/${image.file}"><img src="/uploads/${image.file}" alt="${image.name}, as uploaded" /></a>
        <figcaption>
          <strong>Original</strong>
          <span>${image.width} × ${image.height}</span>
          <span>${bytes(image.bytes)}</span>
        </figcaption>
      </figure>
      ${['Resized', 'Compressed'].map((title, index) => version(image, { title, ...versions[index]! }))}
    </div>
  </section>`
}

function version(image: Image, { title, jobId, job, made }: Version & { title: string }): Html {
  const src = `/images/${jobId}`
  return html`<figure>
    ${
      made === undefined
        ? html`<div class="pending">
            ${job === undefined ? 'This job was deleted.' : html`<a href="/jobs/${jobId}">${badge(job)}</a>`}
          </div>`
        : html`<a href="${src}"><img src="${src}" alt="${image.name}, ${title.toLowerCase()}" /></a>`
    }
    <figcaption>
      <strong>${title}</strong>
      ${
        made !== undefined &&
        html`<span>${made.width} × ${made.height}</span>
          <span>${bytes(made.bytes)}, ${Math.round((100 * made.bytes) / image.bytes)} %</span>
          <a href="/jobs/${jobId}">job ${jobId}</a>`
      }
    </figcaption>
  </figure>`
}
