/* global document, location, fetch, DOMParser, setTimeout -- this one runs in a browser */

// Renews the parts of a page that are marked as live, once a second, for as long as somebody looks.
// Without JavaScript the page loads itself again instead: see views/page.ts.
const everyMs = 1_000

async function renew() {
  const parts = document.querySelectorAll('[data-live]')
  if (document.hidden || parts.length === 0) return
  const response = await fetch(location.href).catch(() => undefined)
  document.getElementById('away').hidden = response !== undefined
  if (!response?.ok) return
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  document.title = fresh.title
  for (const part of parts) {
    const wanted = fresh.getElementById(part.id)
    if (wanted !== null) patch(part, wanted)
  }
}

/** Makes a node like the wanted one. What is the same stays untouched, and with it focus, scrolling and images. */
function patch(node, wanted) {
  if (node.isEqualNode(wanted)) return
  if (node.nodeName === '#text') return void (node.data = wanted.data)
  for (const { name } of [...node.attributes]) if (!wanted.hasAttribute(name)) node.removeAttribute(name)
  for (const { name, value } of wanted.attributes) node.setAttribute(name, value)
  let next = node.firstChild
  for (const child of [...wanted.childNodes]) {
    const same = counterpart(next, child)
    if (same === undefined) {
      node.insertBefore(child, next)
      continue
    }
    while (next !== same) next = drop(next)
    patch(same, child)
    next = same.nextSibling
  }
  while (next !== null) next = drop(next)
}

/** What has a key is found again by it: whoever is about to press a button must not find another one under it. */
function counterpart(next, wanted) {
  const key = keyOf(wanted)
  if (key === undefined) return next?.nodeName === wanted.nodeName && keyOf(next) === undefined ? next : undefined
  for (let node = next; node !== null; node = node.nextSibling) if (keyOf(node) === key) return node
  return undefined
}

function keyOf(node) {
  return node.id || node.getAttribute?.('action') || undefined
}

function drop(node) {
  const next = node.nextSibling
  node.remove()
  return next
}

async function keepRenewing() {
  await renew()
  setTimeout(keepRenewing, everyMs)
}
setTimeout(keepRenewing, everyMs)
