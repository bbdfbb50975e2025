/** The figures of chain.ts in words. */
import { chainLength } from 'planwright';
import {
  type ChainFigures,
  type ChainMeasured,
  checkedStep,
  declaredCheck,
  measureChains,
  singleReliability,
  tableSingles,
  tableSteps,
  tabulateLengths,
} from './chain.ts';
import { type Exercise, percent, tellShare } from './sheet.ts';

const runs = 60;

export async function exerciseChain(seed: number): Promise<Exercise> {
  const measured = await measureChains(seed, runs);
  const lengths = tabulateLengths();
  const checkedP = checkedStep(0.9, declaredCheck);
  return {
    title: 'How long a chain may be',
    declared: [
      `A step is right with p, independently of the others; a wrong step hands a wrong total on. One agent is right with q = ${singleReliability}.`,
      `The check passes ${percent(declaredCheck.falseAccept)} of wrong results and refuses ${percent(declaredCheck.falseReject)} of right ones; a refused step has one retry.`,
      `${runs} runs a row. Intervals are Wilson's, at 95 %.`,
    ],
    sheets: [
      {
        title: 'The largest n with pⁿ > q.',
        columns: ['p', ...tableSingles.map((q) => `q = ${q}`)],
        rows: tableSteps.map((p, at) => [String(p), ...(lengths[at] ?? []).map(({ n }) => String(n))]),
      },
      {
        title: 'Chains that were run.',
        columns: ['chain', 'expected', 'right', 'against q', 'wrong', 'nothing handed over', 'calls a run'],
        rows: [tellSingle(measured), ...measured.chains.map(tellChain)],
      },
    ],
    findings: [
      `With that check and one retry a step of p = 0.9 comes to a right result with ${checkedP.toFixed(3)}, and the longest chain that beats q = ${singleReliability} grows from ${chainLength(0.9, singleReliability).n} to ${chainLength(checkedP, singleReliability).n} steps.`,
      ...measured.chains.filter(({ check }) => check !== null).map((chain) => tellRetry(chain, measured)),
    ],
    figures: { runs, single: measured.single, chains: measured.chains, lengths: lengths.flat() },
  };
}

function tellSingle({ single }: ChainMeasured): string[] {
  const share = { ...single };
  return ['one agent, one call', singleReliability.toFixed(2), tellShare(share), '', String(share.n - share.k), '0', '1.0'];
}

function tellChain({ n, p, check, expected, right, against, wrong, nothing, callsPerRun }: ChainFigures): string[] {
  const name = `${n} steps of ${p}${check === null ? '' : ', checked, one retry'}`;
  return [name, expected.toFixed(2), tellShare(right), against, String(wrong), String(nothing), callsPerRun.toFixed(1)];
}

function tellRetry(checked: ChainFigures, { chains }: ChainMeasured): string {
  const bare = chains.find(({ n, p, check }) => n === checked.n && p === checked.p && check === null);
  if (bare === undefined) return '';
  return `Of ${checked.right.n} chains of ${checked.n} steps, ${checked.right.k} are right with the check, ${checked.wrong} wrong and ${checked.nothing} hand nothing over; without it ${bare.right.k} are right and ${bare.wrong} wrong. The check makes the calls ${(checked.callsPerRun / bare.callsPerRun).toFixed(2)} times as many.`;
}
