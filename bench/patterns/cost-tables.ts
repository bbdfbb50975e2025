/** Costs as Markdown tables, and where they stand in the pages. */
import type { Cost } from './measure.ts';
import type { BenchTask } from './play.ts';
import { benchTaskNames } from './tasks.ts';

const columns = ['calls', 'of them', 'tool calls', 'tokens', 'handed over', 'levels', 'one by one'];
const titles: Readonly<Record<BenchTask, string>> = { report: 'The report task', wide: 'A wide task', deep: 'A deep task' };

/** One table a task. */
export function tablesByTask(costs: readonly Cost[]): string {
  return benchTaskNames
    .flatMap((task) => {
      const rows = costs.filter((cost) => cost.task === task);
      return rows.length === 0 ? [] : [`${titles[task]}:\n\n${toTable('', rows, ({ who }) => nameOf(who))}`];
    })
    .join('\n\n');
}

/** One table, the tasks among each other. */
export function tableOfPattern(costs: readonly Cost[]): string {
  return toTable('task', costs, ({ task, who }) => `${task}, ${nameOf(who)}`);
}

const nameOf = (who: string): string => (who === 'planner' || who === 'one agent' ? who : `\`${who}\``);

function toTable(title: string, costs: readonly Cost[], nameRow: (cost: Cost) => string): string {
  const head = `| ${[title, ...columns].join(' | ')} |`.replace('|  |', '| |');
  return [
    head,
    `|${'---|'.repeat(columns.length + 1)}`,
    ...costs.map((cost) => `| ${[nameRow(cost), ...cellsOf(cost)].join(' | ')} |`),
  ].join('\n');
}

function cellsOf({ calls, callsByPurpose, toolCalls, tokens, handoffTokens, levels, serialLevels }: Cost): string[] {
  const purposes = Object.entries(callsByPurpose).map(([purpose, count]) => `${count} ${purpose}`);
  const numbers = [toolCalls, tokens, handoffTokens].map((value) => value.toLocaleString('en'));
  return [calls.toLocaleString('en'), purposes.join(', '), ...numbers, toLevels(levels), toLevels(serialLevels)];
}

const toLevels = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });

/**
 * Puts a table where the page has `<!-- costs -->`, with or without what stood there before.
 * @param name Of the place. Default `costs`.
 * @returns null when the page has no such place.
 */
export function putTable(page: string, table: string, name = 'costs'): string | null {
  const place = new RegExp(`<!-- ${name} -->(?:[\\s\\S]*?<!-- /${name} -->)?`);
  if (!place.test(page)) return null;
  return page.replace(place, () => `<!-- ${name} -->\n\n${table}\n\n<!-- /${name} -->`);
}
