import { bench, describe } from 'vitest'

let calls = 0

describe('late', () => {
  const options = { time: 0, iterations: 20, warmupTime: 0, warmupIterations: 1 }
  bench('throws later', () => { if (calls++ > 8) throw new Error('text of the error') }, options)
  bench('fine', () => {}, options)
})
