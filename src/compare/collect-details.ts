/** What report.html shows beside the report: read from the runs that a comparison has left in the store. */
import type { Store } from '../engine/store.ts';
import { scoreOutcomes } from '../measure/calibration.ts';
import { measureErrorAmplification, measureErrorPropagation } from '../measure/error-propagation.ts';
import { computeLedger } from '../measure/ledger.ts';
import { loadRun } from '../measure/load-run.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import { measureReliability } from '../measure/reliability.ts';
import { reportRun } from '../measure/run-report.ts';
import type { RunView } from '../measure/run-view.ts';
import { type ArmReliability, type ComparisonDetails, listRunsToEmbed } from '../report/comparison-details.ts';
import { type ArmRun, summarizeArms } from '../report/summarize-arms.ts';
import type { Comparison } from './comparison.ts';

/** Runs of one arm that are read, events and all; the page's means and reliabilities are over these. */
const mostRunsRead = 2000;

/** @param page What the page says of itself: title, command, date. */
export async function collectDetails(
  store: Store,
  { report, notes, runs }: Pick<Comparison, 'report' | 'notes' | 'runs'>,
  page: Pick<ComparisonDetails, 'title' | 'command' | 'createdMs' | 'store'>,
): Promise<ComparisonDetails> {
  const said = [...notes];
  const outcomes: RunOutcome[] = [];
  const armRuns: ArmRun[] = [];
  const reliability: ArmReliability[] = [];
  for (const [arm, ofArm] of Map.groupBy(runs, (run) => run.arm)) {
    const views: RunView[] = [];
    for (const { runIds } of ofArm.slice(0, mostRunsRead)) {
      const tries: RunView[] = [];
      for (const runId of runIds) {
        tries.push(await loadRun(store, runId));
        const outcome = await store.getOutcome(runId);
        if (outcome !== undefined) outcomes.push(outcome);
      }
      views.push(...tries);
      armRuns.push({ arm, report: { ledger: addLedgers(tries) } });
    }
    const left = ofArm.length - mostRunsRead;
    if (left > 0) said.push(`Tokens, times and reliability of ${arm} are over its first ${mostRunsRead} runs.`);
    reliability.push({ arm, report: measureReliability(views), propagation: measureErrorPropagation(views) });
  }
  const embedded: ComparisonDetails['runs'] = {};
  for (const runId of listRunsToEmbed(report)) embedded[runId] = await reportRun(store, runId);
  const forecasts = scoreOutcomes(outcomes).heldOut;
  return {
    ...page,
    ...summarizeArms(armRuns),
    reliability,
    amplification: measureErrorAmplification(listPairs(report)),
    ...(forecasts.n === 0 ? {} : { calibration: forecasts }),
    runs: embedded,
    notes: said,
  };
}

/** Of several tries, what they took together. */
function addLedgers(views: readonly RunView[]): ArmRun['report']['ledger'] {
  const [first, ...others] = views.map((view) => computeLedger(view));
  if (first === undefined) throw new Error('An arm without a run.');
  for (const ledger of others) {
    first.criticalPathMs += ledger.criticalPathMs;
    first.serialMs += ledger.serialMs;
    for (const [purpose, tokens] of Object.entries(ledger.tokensByPurpose)) {
      const key = purpose as keyof typeof ledger.tokensByPurpose;
      first.tokensByPurpose[key] = (first.tokensByPurpose[key] ?? 0) + tokens;
    }
  }
  return first;
}

function listPairs({ both, neither, onlySingle, onlyTeam }: Comparison['report']): Outcomes[] {
  return [
    ...repeated(both, { single: true, team: true }),
    ...repeated(neither, { single: false, team: false }),
    ...repeated(onlySingle, { single: true, team: false }),
    ...repeated(onlyTeam, { single: false, team: true }),
  ];
}

interface Outcomes {
  single: boolean;
  team: boolean;
}

function repeated(times: number, outcomes: Outcomes): Outcomes[] {
  return Array.from({ length: times }, () => outcomes);
}
