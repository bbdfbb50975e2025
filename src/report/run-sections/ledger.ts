/** Tokens, money and calls: by purpose, role, model and subtask, and what coordination cost. */
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from '../bounds.ts';
import { renderFigure } from '../figure.ts';
import { cutText, type Html, html } from '../html.ts';
import { formatCount, formatFactor, formatNumber, formatPercent, formatPlain, formatSeconds, formatUsd } from '../numbers.ts';
import type { PageSection } from '../page.ts';
import { lookOf } from '../plots/palette.ts';
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
    ['Makespan', formatSeconds(ledger.makespanMs / 1000)],
    ['Critical path', formatSeconds(ledger.criticalPathMs / 1000)],
    ['The same work one after the other', formatSeconds(ledger.serialMs / 1000)],
  ];
  const figure = await drawByRole(modelCalls.map(({ call }) => call));
  return {
    id: 'ledger',
    title: 'Ledger',
    body: html`<dl class="pairs">${taxes.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${figure}
${tabulate('By purpose', 'Purpose', owned, ({ call }) => call.purpose)}
${tabulate('By role', 'Role', owned, ({ call }) => call.role)}
${tabulate('By model', 'Model', modelCalls, ({ call }) => call.name)}
${tabulate('By subtask', 'Subtask', owned, ({ subtask }) => subtask)}`,
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

/** Time: of the calls together, one after the other. */
function tabulate(title: string, column: string, calls: readonly OwnedCall[], nameOf: (call: OwnedCall) => string): Html {
  const all = sumBy(calls, nameOf);
  const { shown, left } = takeFirst(all, mostEntries.arms);
  const total = tokensOf(calls.map(({ call }) => call));
  return html`<h3>${title}</h3>
${renderTable({
  title,
  isTitleHidden: true,
  columns: [
    { title: column },
    { title: 'Share of tokens' },
    { title: 'Input', isNumber: true },
    { title: 'Output', isNumber: true },
    { title: 'Calls', isNumber: true },
    { title: 'Tools', isNumber: true },
    { title: 'Cost', isNumber: true },
    { title: 'Time', isNumber: true },
  ],
  rows: shown.map(({ name, calls: some }) => {
    const own = some.map(({ call }) => call);
    const models = own.filter(({ kind }) => kind === 'model');
    const isPriced = models.every(({ costUsd }) => costUsd !== null);
    return [
      cutText(name, mostCharacters.name * 2),
      drawShare(total === 0 ? 0 : tokensOf(own) / total),
      formatCount(models.reduce((sum, { inputTokens }) => sum + inputTokens, 0)),
      formatCount(models.reduce((sum, { outputTokens }) => sum + outputTokens, 0)),
      formatCount(models.length),
      formatCount(own.length - models.length),
      isPriced ? formatUsd(models.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0)) : 'unpriced',
      formatSeconds(own.reduce((sum, { ms }) => sum + Math.max(0, ms), 0) / 1000),
    ];
  }),
})}${left > 0 && html`<p class="quiet">${sayLeftOut(left, 'row')}</p>`}`;
}

function drawShare(share: number): Html {
  const width = share === 0 ? 0 : Math.max(1, Math.round(share * 64));
  return html`<svg class="share-bar" viewBox="0 0 64 8" aria-hidden="true"><rect width="${width}" height="8" rx="2" fill="${lookOf(0).color}"></rect></svg>${formatPercent(share)}`;
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
