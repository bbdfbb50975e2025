/** Ways of giving out one plan's work, as one self-contained page. */
import type { AllocationSimulation } from '../measure/simulate-allocation.ts';
import { mostCharacters, mostEntries, sayLeftOut, takeFirst } from './bounds.ts';
import { renderFigure } from './figure.ts';
import { cutText, html } from './html.ts';
import { formatCount, formatNumber, formatPercent, formatPlain, formatSeconds } from './numbers.ts';
import { type PageSection, renderPage } from './page.ts';
import { messageKinds, plotAllocatedMakespan, plotMessages, plotWorkByRole } from './plots/allocation.ts';
import { renderTable, type TableColumn } from './table.ts';

export interface AllocationPage {
  title: string;
  /** What makes the page again. */
  command?: string;
}

const columnsOf = (...titles: string[]): TableColumn[] =>
  ['Strategy', ...titles].map((title, at) => (at === 0 ? { title } : { title, isNumber: true }));

/** One simulation a strategy, all of the same plan, trials and seed. @returns a whole HTML document. */
export async function renderAllocationPage(
  simulations: readonly AllocationSimulation[],
  { title, command }: AllocationPage,
): Promise<string> {
  const sections = [
    writeOverview(simulations, command),
    await writeMakespan(simulations),
    await writeWork(simulations),
    await writeMessages(simulations),
  ];
  return renderPage({ title: cutText(title, mostCharacters.title), kind: 'Allocation', sections });
}

function writeOverview(simulations: readonly AllocationSimulation[], command: string | undefined): PageSection {
  const [first] = simulations;
  return {
    id: 'overview',
    title: 'At a glance',
    body: html`<p>${formatNumber(first?.trials ?? 0, 'simulated run')} for each strategy, seed ${first?.seed ?? 1}; each meets the same chance. Attempts are taken to be independent of each other, which those of one model are not.</p>
${first?.isTimed === false && html`<p>No duration is known: each attempt is taken to last a second.</p>`}
${renderTable({
  title: 'By strategy',
  columns: columnsOf(
    'Right',
    'Variation of load',
    'Largest load ÷ mean',
    'Specialization',
    'Waiting',
    'Failures',
    'Offered again',
  ),
  rows: simulations.map(({ strategy, success, balance, specialization, waitingMs, failures, offeredAgain }) => [
    strategy,
    formatPercent(success.mean),
    balance === null ? '–' : balance.variation.toFixed(2),
    balance === null ? '–' : balance.maxOverMean.toFixed(2),
    specialization === null ? 'one kind of work' : specialization.toFixed(2),
    formatSeconds(waitingMs / 1000),
    formatPlain(failures),
    formatPlain(offeredAgain),
  ]),
})}
<p>Load: busy time ÷ slots of each role. Specialization: what knowing who did a subtask tells of its kind; 1 when each role does one kind only. Waiting: from when a subtask’s dependencies were done to its first attempt.</p>
${command !== undefined && html`<p>Made by:</p><pre tabindex="0"><code>${cutText(command, mostCharacters.command)}</code></pre>`}`,
  };
}

async function writeMakespan(simulations: readonly AllocationSimulation[]): Promise<PageSection> {
  const body = await renderFigure({
    caption: 'How long a run takes: half of the runs end within the first part of a bar, nine of ten within all of it.',
    plot: (width) => plotAllocatedMakespan(simulations, { width }),
    table: {
      title: 'Makespan, by strategy',
      columns: columnsOf('Median', '90th percentile'),
      rows: simulations.map(({ strategy, makespanMs: { p50, p90 } }) => [
        strategy,
        formatSeconds(p50 / 1000),
        formatSeconds(p90 / 1000),
      ]),
    },
  });
  return { id: 'makespan', title: 'Makespan', body };
}

async function writeWork(simulations: readonly AllocationSimulation[]): Promise<PageSection> {
  const all = [...new Set(simulations.flatMap(({ roles }) => Object.keys(roles)))];
  const { shown: names, left } = takeFirst(all, mostEntries.parts);
  const body = await renderFigure({
    caption: ['How long each of the roles among which work is given out works in a run, on average. ', sayLeftOut(left, 'role')],
    plot: (width) => plotWorkByRole(simulations, { width }),
    table: {
      title: 'Seconds of work in a run, by strategy and role',
      columns: columnsOf(...names.map((name) => cutText(name, mostCharacters.name))),
      rows: simulations.map(({ strategy, roles }) => [
        strategy,
        ...names.map((name) => formatSeconds((roles[name]?.busyMs ?? 0) / 1000)),
      ]),
    },
  });
  return { id: 'work', title: 'Who works', body };
}

async function writeMessages(simulations: readonly AllocationSimulation[]): Promise<PageSection> {
  const used = messageKinds.filter((kind) => simulations.some(({ messages }) => (messages[kind] ?? 0) > 0));
  const body = await renderFigure({
    caption:
      'What scheduler and roles would tell each other in a run, on average. None of it is a model call: bids are computed. A report is what a role says when it is done with a subtask.',
    plot: (width) => plotMessages(simulations, { width }),
    table: {
      title: 'Messages of a run, by strategy',
      columns: columnsOf(...used, 'all'),
      rows: simulations.map(({ strategy, messages }) => [
        strategy,
        ...used.map((kind) => formatPlain(messages[kind] ?? 0)),
        formatCount(used.reduce((sum, kind) => sum + (messages[kind] ?? 0), 0)),
      ]),
    },
  });
  return { id: 'messages', title: 'Messages', body };
}
