import { bench, describe } from 'vitest'

const options = { time: 0, iterations: 5000, warmupTime: 0, warmupIterations: 5 }
const prices = Array.from({ length: 50 }, (_, index) => (index * 7919) % 1000)

describe('sort', () => {
  bench('native', () => { prices.toSorted() }, options)
  bench('reverse > "quoted"', () => { prices.toReversed() }, { ...options, iterations: 20 })
  bench.skip('skipped', () => {}, options)
  bench.todo('later')
  describe('inner', () => {
    bench('native', () => { prices.toSorted() }, { ...options, iterations: 1 })
  })
})

describe('broken', () => {
  bench('throws', () => { throw new Error('text of the error') }, options)
  bench('fine', () => { prices.slice() }, { ...options, iterations: 10 })
})

bench('top', () => { prices.slice() }, { ...options, iterations: 600 })
