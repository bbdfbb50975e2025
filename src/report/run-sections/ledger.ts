/** Tokens, money and calls: by purpose, role, model and subtask, and what coordination cost. */
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from '../bounds.ts';
import { renderFigure } from '../figure.ts';
import { cutText, type Html, html } from '../html.ts';
import { formatCount, formatFactor, formatNumber, formatPlain, formatUsd } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { drawStacks } from '../plots/stacks.ts';
import { purposes } from '../plots/tokens-by-purpose.ts';
import type { CallDetail, RunPageDetails } from '../run-details.ts';
import { renderTable } from '../table.ts';

export async function writeLedger({ report, runs }: RunPageDetails): Promise<PageSection | null> {
  const owned = runs.flatMap(({ path, subtasks, otherCalls }) => [
    ...otherCalls.map((call) => ({ call, subtask: [...path, 'plan and synthesis'].join(' › ') })),
    ...subtasks.flatMap(({ id, calls }) => calls.map((call) => ({ call, subtask: [...path, id].join(' › ') }))),
  ]);
  const modelCalls = owned.filter(({ call }) => call.kind === 'model');
  if (modelCalls.length === 0) return null;
  const { ledger } = report;
  const taxes: [string, string][] = [
    ['Calls that are not work itself, for each that is', ledger.turnOverhead === null ? '–' : formatFactor(ledger.turnOverhead)],
    [
      'The same in tokens, handoffs counted as overhead',
      ledger.tokenOverhead === null ? '–' : formatFactor(ledger.tokenOverhead),
    ],
    ['Tokens of work that was not used', formatCount(ledger.wasteTokens)],
    ['Results handed on', `${formatNumber(ledger.handoffs, 'handoff')}, ${formatNumber(ledger.handoffTokens, 'token')}`],
    ['Read from providers’ caches', formatNumber(ledger.cachedInputTokens, 'token')],
    ['Reasoning', formatNumber(ledger.reasoningTokens, 'token')],
    ['Tool calls', formatCount(ledger.toolCalls)],
  ];
  const figure = await drawByRole(modelCalls.map(({ call }) => call));
  return {
    id: 'ledger',
    title: 'Ledger',
    body: html`<dl class="pairs">${taxes.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${figure}
${tabulate('By purpose', 'Purpose', modelCalls, ({ call }) => call.purpose)}
${tabulate('By role', 'Role', modelCalls, ({ call }) => call.role)}
${tabulate('By model', 'Model', modelCalls, ({ call }) => call.name)}
${tabulate('By subtask', 'Subtask', modelCalls, ({ subtask }) => subtask)}`,
  };
}

async function drawByRole(calls: readonly CallDetail[]): Promise<Html> {
  const roles = sumBy(calls, ({ role }) => role).slice(0, mostEntries.armsDrawn);
  const rows = roles.map(({ name, calls: some }) => ({
    label: name,
    amounts: purposes.map(({ purpose }) => tokensOf(some.filter((call) => call.purpose === purpose))),
  }));
  const parts = purposes.map(({ purpose, place }) => ({ name: purpose, place }));
  const used = parts.filter((_, index) => rows.some(({ amounts }) => (amounts[index] ?? 0) > 0));
  return renderFigure({
    caption: html`Where tokens went, by role and by the purpose of the call.`,
    plot: (width) => drawStacks({ rows, parts, axisLabel: 'Tokens', format: formatPlain }, { width }),
    table: {
      title: 'Tokens by role and purpose',
      columns: [{ title: 'Role' }, ...used.map(({ name }) => ({ title: name, isNumber: true as const }))],
      rows: rows.map(({ label, amounts }) => [
        cutText(label, mostCharacters.name),
        ...used.map((part) => formatCount(amounts[parts.indexOf(part)] ?? 0)),
      ]),
    },
  });
}

interface OwnedCall {
  call: CallDetail;
  subtask: string;
}

function tabulate(title: string, column: string, calls: readonly OwnedCall[], nameOf: (call: OwnedCall) => string): Html {
  const all = sumBy(calls, nameOf);
  const { shown, left } = takeFirst(all, mostEntries.arms);
  return html`<h3>${title}</h3>
${renderTable({
  title,
  isTitleHidden: true,
  columns: [
    { title: column },
    { title: 'Calls', isNumber: true },
    { title: 'Input', isNumber: true },
    { title: 'Output', isNumber: true },
    { title: 'Cost', isNumber: true },
  ],
  rows: shown.map(({ name, calls: some }) => {
    const own = some.map(({ call }) => call);
    const isPriced = own.every(({ costUsd }) => costUsd !== null);
    return [
      cutText(name, mostCharacters.name * 2),
      formatCount(own.length),
      formatCount(own.reduce((sum, { inputTokens }) => sum + inputTokens, 0)),
      formatCount(own.reduce((sum, { outputTokens }) => sum + outputTokens, 0)),
      isPriced ? formatUsd(own.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)) : 'unpriced',
    ];
  }),
})}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'row')}</p>`}`;
}

/** The largest first, in tokens. */
function sumBy<Item extends CallDetail | OwnedCall>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): { name: string; calls: Item[] }[] {
  const callOf = (item: Item): CallDetail => ('call' in item ? item.call : item);
  return [...Map.groupBy(items, nameOf)]
    .map(([name, calls]) => ({ name, calls, tokens: tokensOf(calls.map(callOf)) }))
    .toSorted((a, b) => b.tokens - a.tokens || (a.name < b.name ? -1 : 1))
    .map(({ name, calls }) => ({ name, calls }));
}

function tokensOf(calls: readonly CallDetail[]): number {
  return calls.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
}
