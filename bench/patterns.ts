/**
 * npm run bench:patterns [-- --write] [-- pattern ...]: what each pattern costs on three tasks, against the plain planner and one
 * agent, with scripted models on virtual time. Exits with 1 when a run has other calls than its formula says. `--write` puts
 * the tables into the pages of docs/.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { putTable, tableOfPattern, tablesByTask } from './patterns/cost-tables.ts';
import { type Cost, measureOneAgent, measurePlanner, measurePlay } from './patterns/measure.ts';
import { pageOf, patternList } from './patterns/pattern-list.ts';
import { loadPlays } from './patterns/plays.ts';
import { benchTaskNames } from './patterns/tasks.ts';

const docs = new URL('../docs/', import.meta.url);

async function bench(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { write: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const plays = await loadPlays();
  const unknown = positionals.find((name) => !plays.some((play) => play.name === name));
  if (unknown !== undefined) {
    console.error(`There is no play of "${unknown}". Plays: ${plays.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const chosen = plays.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const costs: Cost[] = [];
  for (const task of benchTaskNames) {
    costs.push(await measureOneAgent(task), await measurePlanner(task));
    for (const play of chosen) costs.push(await measurePlay(play, task));
  }
  console.log(tablesByTask(costs));
  const problems = costs.flatMap(({ who, task, problems: found }) => found.map((problem) => `${who}, ${task}: ${problem}`));
  if (values.write) {
    for (const { name } of chosen) {
      const own = costs.filter(({ who }) => who === name || who === 'planner' || who === 'one agent');
      const { page, place } = pageOf(name);
      problems.push(...write(page, tableOfPattern(own), place));
    }
    if (positionals.length === 0) {
      problems.push(...write('patterns.md', tablesByTask(costs)), ...write('patterns.md', patternList(docs), 'patterns'));
    }
  }
  console.log(
    problems.length === 0
      ? '\nEvery run succeeded with the calls of its formula.'
      : `\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
  );
  return problems.length === 0 ? 0 : 1;
}

/** @returns what is wrong. */
function write(page: string, table: string, place?: string): string[] {
  const path = new URL(page, docs);
  const text = existsSync(path) ? putTable(readFileSync(path, 'utf8'), table, place) : null;
  if (text === null) return [`docs/${page} has no line "<!-- ${place ?? 'costs'} -->".`];
  writeFileSync(path, text);
  return [];
}

process.exitCode = await bench();
