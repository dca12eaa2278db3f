/* global document, location, fetch, DOMParser, setInterval -- this one runs in a browser */

// Renews the parts of a page that are marked as live, once a second, for as long as somebody looks.
// Without JavaScript the page loads itself again instead: see views/page.ts.
const live = () => document.querySelectorAll('[data-live]')

async function renew() {
  if (document.hidden || live().length === 0) return
  const response = await fetch(location.href)
  if (!response.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  for (const part of live()) {
    const next = fresh.getElementById(part.id)
    const busy = part.contains(document.activeElement)
    if (next !== null && !busy && next.outerHTML !== part.outerHTML) part.replaceWith(next)
  }
}

setInterval(() => renew().catch(() => {}), 1000)
