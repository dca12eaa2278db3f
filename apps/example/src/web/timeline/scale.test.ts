import { expect, it } from 'vitest'
import { layOut, pictureWidth } from './scale.ts'

it.each([[[1]], [[0]], [[0, 0, 0]], [[5, 60_000, 1]], [Array<number>(500).fill(3)]])(
  'fills the picture, one after the other: %j',
  (durations) => {
    let end = 0
    for (const { x, width } of layOut(durations)) {
      expect(x).toBeCloseTo(end)
      expect(width).toBeGreaterThan(0)
      end = x + width
    }
    expect(end).toBeCloseTo(pictureWidth)
  },
)

it('draws nothing of nothing', () => expect(layOut([])).toEqual([]))

it('lets a moment be seen beside a minute', () => {
  const [moment, minute] = layOut([5, 60_000])
  expect(moment!.width).toBeGreaterThanOrEqual(14)
  expect(minute!.width).toBeGreaterThan(pictureWidth * 0.9)
})
