/** Failures that come at the same time: replanned by one coordinator, or each by the lead of its own sub-team. */
import { type CallRecord, type Clock, defineTeam, MemoryStore, runTask, type Subtask, type Team } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { paceAnswer, writeElements, writeResult } from './pace.ts';
import { type Asked, readPrompt, readSection } from './read-prompt.ts';
import { runInVirtualTime } from './virtual-time.ts';

/** Chains that don't depend on each other, and the steps of each. The second step is the one that fails. */
export const lanes = 8;
export const steps = 3;
/** 0 comes first: what the others are compared with. */
export const failureCounts = [0, 1, 2, 4, 8] as const;

export interface ReplanFigures {
  failures: number;
  /** One planner for all, or a planner a lane below one that hands the lanes out. */
  shape: 'flat' | 'two levels';
  makespanMs: number;
  /** Longer than without a failure. */
  addedMs: number;
  replans: number;
  /** From the first replan's start to the last one's end. */
  replanningMs: number;
  /** Mean prompt of a replan. */
  promptTokens: number;
}

const worker = {
  description: 'Does one step.',
  instructions: 'You are the worker.',
  accept: [{ kind: 'predicate' as const, notMatches: '^FAILED' }],
};
const limits = { retries: 0, reroutes: 0, replans: lanes, concurrency: 1000 };
const flatTeam = defineTeam({ name: 'flat', roles: { worker }, generalist: 'worker', limits });
const laneTeam = { name: 'lane', roles: { worker }, generalist: 'worker', limits };
const twoLevelTeam = defineTeam({
  name: 'lanes',
  roles: { lane: { description: 'A team for one lane.', team: laneTeam } },
  limits,
});

export async function measureReplans(): Promise<ReplanFigures[]> {
  const figures: ReplanFigures[] = [];
  for (const shape of ['flat', 'two levels'] as const) {
    let calmMs = 0;
    for (const failures of failureCounts) {
      const { makespanMs, calls } = await runLanes(shape === 'flat' ? flatTeam : twoLevelTeam, failures);
      if (failures === 0) calmMs = makespanMs;
      const replans = calls.filter(({ purpose }) => purpose === 'replan');
      const ends = replans.map(({ endedMs }) => endedMs);
      figures.push({
        failures,
        shape,
        makespanMs,
        addedMs: makespanMs - calmMs,
        replans: replans.length,
        replanningMs: replans.length === 0 ? 0 : Math.max(...ends) - Math.min(...replans.map(({ startedMs }) => startedMs)),
        promptTokens: replans.reduce((sum, { inputTokens }) => sum + inputTokens, 0) / Math.max(1, replans.length),
      });
    }
  }
  return figures;
}

async function runLanes(team: Team, failures: number): Promise<{ makespanMs: number; calls: CallRecord[] }> {
  const store = new MemoryStore();
  const task = `Carry out lanes 1 to ${lanes}.`;
  const result = await runInVirtualTime((clock) =>
    runTask({ task, team, strategy: 'team', model: laneModel(failures, clock), store, clock }),
  );
  if (result.status !== 'succeeded') throw new Error(`The run ended ${result.status}: ${result.detail}`);
  return { makespanMs: result.ledger.makespanMs, calls: await store.listCalls(result.runId) };
}

/** The second step of the first `failures` lanes fails until it is done another way. */
function laneModel(failures: number, clock: Clock) {
  return scriptedModel(
    (request) => {
      const asked = readPrompt(request);
      if (asked.schema === 'plan') return paceAnswer(writeElements(writeLanes(asked)), true);
      if (asked.schema === 'revision') return paceAnswer(writeElements(writeAgain(asked)), true);
      const [, lane, step] = /Lane (\d+), step (\d+)\.$/.exec(asked.instruction) ?? [];
      const fails = Number(lane) <= failures && Number(step) === 2;
      return paceAnswer([fails ? 'FAILED' : writeResult(asked.instruction)], true);
    },
    { clock },
  );
}

function writeLanes({ task, user }: Asked): Pick<Subtask, 'id' | 'role' | 'instruction' | 'dependsOn'>[] {
  const all = Array.from({ length: lanes }, (_, at) => at + 1);
  if (readSection(user, 'roles')?.startsWith('- lane:') === true) {
    return all.map((lane) => ({ id: `lane-${lane}`, role: 'lane', instruction: `Carry out lane ${lane}.`, dependsOn: [] }));
  }
  const one = /Carry out lane (\d+)\./.exec(task)?.[1];
  return (one === undefined ? all : [Number(one)]).flatMap((lane) =>
    Array.from({ length: steps }, (_, at) => ({
      id: `lane-${lane}-${at + 1}`,
      role: 'worker',
      instruction: `Lane ${lane}, step ${at + 1}.`,
      dependsOn: at === 0 ? [] : [`lane-${lane}-${at}`],
    })),
  );
}

/** What is to be replaced, with new ids and another way. */
function writeAgain({ user }: Asked): object[] {
  const replaced = JSON.parse(readSection(user, 'replace') ?? '[]') as Subtask[];
  const ids = new Set(replaced.map(({ id }) => id));
  return replaced.map(({ id, role, instruction, dependsOn }) => ({
    id: `${id}-again`,
    role,
    instruction: `${instruction} Another way.`,
    dependsOn: dependsOn.map((on) => (ids.has(on) ? `${on}-again` : on)),
  }));
}
