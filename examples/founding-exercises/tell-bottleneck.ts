/** The figures of bottleneck.ts and replan-queue.ts in words. */
import { type AloneFigures, measureAlone } from './bottleneck.ts';
import { firstTokenMs, resultTokens, tokenMs } from './pace.ts';
import { lanes, measureReplans, type ReplanFigures, steps } from './replan-queue.ts';
import { type Exercise, percent, seconds, whole } from './sheet.ts';

/** Nothing in it is left to chance. */
export async function exerciseBottleneck(): Promise<Exercise> {
  const alone = await measureAlone();
  const replans = await measureReplans();
  return {
    title: 'The planner as a bottleneck',
    declared: [
      `A call takes ${firstTokenMs} ms and ${tokenMs} ms for each token of its answer; a result has ${resultTokens} tokens; time is virtual.`,
      'First table: n independent subtasks, one planner, one synthesizer. Alone: a call of theirs is under way and no executor is.',
      `Second table: ${lanes} lanes of ${steps} steps; the second step of some lanes fails as soon as it is tried, and only a replan helps. Slots for all.`,
    ],
    sheets: [
      {
        title: 'The coordinator alone.',
        columns: ['n', 'slots', 'plan', 'makespan, s', 'alone, s', 'alone', 'executors at work: most', 'mean'],
        rows: alone.map(tellAlone),
      },
      {
        title: 'Replans.',
        columns: [
          'lanes that fail',
          'team',
          'replans',
          'first to last, s',
          'added to the makespan, s',
          'prompt of a replan, tokens',
        ],
        rows: replans.filter(({ failures }) => failures > 0).map(tellReplans),
      },
    ],
    findings: tellFindings(alone, replans),
    figures: { alone, replans },
  };
}

function tellAlone({ n, slots, streamed, makespanMs, aloneMs, mostAtWork, meanAtWork }: AloneFigures): string[] {
  return [
    String(n),
    String(slots),
    streamed ? 'streamed' : 'whole',
    seconds(makespanMs),
    seconds(aloneMs),
    percent(aloneMs / makespanMs),
    String(mostAtWork),
    meanAtWork.toFixed(1),
  ];
}

function tellReplans({ failures, shape, replans, replanningMs, addedMs, promptTokens }: ReplanFigures): string[] {
  return [String(failures), shape, String(replans), seconds(replanningMs), seconds(addedMs), whole(promptTokens)];
}

function tellFindings(alone: readonly AloneFigures[], replans: readonly ReplanFigures[]): string[] {
  const streamed = alone.filter((row) => row.streamed);
  const times = [...new Set(streamed.map(({ aloneMs }) => seconds(aloneMs)))];
  const last = streamed.at(-1);
  const [flat, deep] = replans.filter(({ failures }) => failures === lanes);
  return [
    `With a streamed plan the coordinator is alone for ${times.join(' or ')} s, whatever n is.`,
    ...(last === undefined
      ? []
      : [
          `With ${last.slots} slots and a streamed plan of ${last.n}, at most ${last.mostAtWork} executors are at work at once: the planner writes no faster.`,
        ]),
    ...(flat === undefined || deep === undefined
      ? []
      : [
          `When all ${lanes} lanes fail, one coordinator adds ${seconds(flat.addedMs)} s to the run, and a lead for each lane ${seconds(deep.addedMs)} s.`,
        ]),
  ];
}
