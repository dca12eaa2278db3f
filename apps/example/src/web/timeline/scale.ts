/** How wide the whole picture is. The browser stretches it. */
export const pictureWidth = 1000
/** Five milliseconds beside a minute are still to be seen. */
const leastWidth = 14

/** Where each of consecutive stretches of time is drawn: everybody gets a least width, the rest is shared by time. */
export function layOut(durations: readonly number[]): { readonly x: number; readonly width: number }[] {
  const total = durations.reduce((sum, ms) => sum + ms, 0)
  const least = Math.min(leastWidth, pictureWidth / Math.max(1, durations.length))
  const shared = pictureWidth - least * durations.length
  let x = 0
  return durations.map((ms) => {
    const width = least + shared * (total === 0 ? 1 / durations.length : ms / total)
    const place = { x, width }
    x += width
    return place
  })
}
