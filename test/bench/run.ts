import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runRounds } from './harness/runRounds.ts'
import { goalsOf, goalTable, isReached } from './report/goals.ts'
import { toMarkdown, toText } from './report/table.ts'
import { tablesOf } from './report/tables.ts'
import { circumstances } from './report/versions.ts'
import { choose } from './scenarios/scenario.ts'
import { scenarios } from './scenarios/scenarios.ts'

/** The command line, documented in README.md. */

const root = join(import.meta.dirname, '../..')
const out = join(root, 'bench/results.json')

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    variants: { type: 'string' },
    components: { type: 'string' },
    events: { type: 'string' },
    dist: { type: 'string', default: join(root, 'dist') },
    markdown: { type: 'boolean', default: false },
  },
})

const chosen = scenarios.filter(({ name }) => flags.only?.split(',').includes(name) ?? true)
const choice = {
  variants: flags.variants?.split(','),
  components: flags.components?.split(',').map(Number),
  events: flags.events === undefined ? undefined : Number(flags.events),
}
const tasks = chosen.flatMap((scenario) => choose(scenario, choice))
const rounds = Number(flags.rounds)
const dist = resolve(flags.dist)
const { browser, results } = await runRounds(dist, tasks, rounds, (round, task, outcome) => {
  const what = `${task.scenario} ${task.variant} × ${task.components}`
  const cost = outcome instanceof Error ? String(outcome) : `${outcome.cpu.toFixed(0)} ms`
  process.stderr.write(`${round}/${rounds} ${what}: ${cost}\n`)
})

const goals = goalsOf(results)
const on = circumstances(browser)
const write = flags.markdown ? toMarkdown : toText
const tables = chosen.flatMap((scenario) => tablesOf(scenario, results))
const { date, cpu, cores, node, packages } = on
const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`)
console.log(`\n${date.slice(0, 10)}, ${browser}, Node ${node}, ${cores} cores, ${cpu}`)
console.log(versions.join(', '))
for (const table of [...tables, goalTable(goals)]) console.log(`\n${write(table)}`)

const verdicts = goals.map((goal) => ({ ...goal, isReached: isReached(goal) }))
mkdirSync(join(out, '..'), { recursive: true })
writeFileSync(out, `${JSON.stringify({ ...on, rounds, goals: verdicts, results }, null, 1)}\n`)
console.log(`\nAll samples are in ${out}`)
