import { writeFileSync } from 'node:fs'
import { Bench } from 'tinybench'

const [file, iterations, retainSamples] = process.argv.slice(2)
const prices = Array.from({ length: 50 }, (_, index) => (index * 7919) % 1000)
let calls = 0
const options = { time: 0, iterations: Number(iterations), warmup: false, throws: false }
const bench = new Bench({ ...options, ...(retainSamples ? { retainSamples: true } : {}) })
bench.add('sort', () => { prices.toSorted() })
bench.add('a.b | "c"', async () => { await null })
bench.add('throws', () => { throw new Error('text of the error') })
bench.add('throws later', () => { if (calls++ > 8) throw new Error('text of the error') })
await bench.run()

const tasks = bench.tasks.map(({ name, result }) => ({ name, result }))
writeFileSync(file, JSON.stringify(tasks))
// In tinybench 2 the table throws what a task has thrown.
try { writeFileSync('table.json', JSON.stringify(bench.table())) } catch { }
