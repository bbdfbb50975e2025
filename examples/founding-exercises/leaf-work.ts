/** Work that splits into n equal parts: teams of one, two and three levels for it, and the models that play them. */
import {
  type CallRecord,
  type Clock,
  defineTeam,
  MemoryStore,
  type RunResult,
  runTask,
  type Team,
  type TeamDefinition,
} from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { paceAnswer, writeElements, writeResult } from './pace.ts';
import { type Asked, readPrompt, readSection } from './read-prompt.ts';
import { runInVirtualTime } from './virtual-time.ts';

export type Levels = 1 | 2 | 3;

export interface LeafWork {
  /** Leaf subtasks. */
  n: number;
  levels: Levels;
  /** Attempts at once over the whole tree. */
  slots: number;
  /** Whether a subtask may start as soon as the planner has written it. */
  streamed: boolean;
  /** Every call takes so long, whatever it answers. Default: by its tokens. */
  callMs?: number;
  /** Prompt and answer together; a call beyond it fails. Default: none. */
  contextTokens?: number;
}

export interface LeafRun {
  result: RunResult;
  /** Model calls. */
  calls: CallRecord[];
}

const worker = {
  description: 'Ports one service.',
  instructions: 'You are the worker. You port a service and say what you changed.',
};
const limits = { retries: 0, reroutes: 0, replans: 0 };
const crew: TeamDefinition = { name: 'crew', roles: { worker }, limits };
const division: TeamDefinition = {
  name: 'division',
  roles: { crew: { description: 'A team that ports a few services.', team: crew } },
  limits,
};
const definitions: Record<Levels, TeamDefinition> = {
  1: crew,
  2: division,
  3: {
    name: 'company',
    roles: { division: { description: 'A team of teams that ports many services.', team: division } },
    limits,
  },
};

export function teamOf(levels: Levels, slots: number): Team {
  return defineTeam({ ...definitions[levels], limits: { ...limits, concurrency: slots } });
}

/** In virtual time; ends as the engine ends it. */
export async function runLeafWork(work: LeafWork): Promise<LeafRun> {
  const { n, levels, slots } = work;
  const store = new MemoryStore();
  const result = await runInVirtualTime((clock) =>
    runTask({ task: tellRange(1, n), team: teamOf(levels, slots), strategy: 'team', model: modelOf(work, clock), store, clock }),
  );
  const calls = await store.listCalls(result.runId);
  return { result, calls: calls.filter(({ kind }) => kind === 'model') };
}

function modelOf(work: LeafWork, clock: Clock) {
  return scriptedModel(
    (request) => {
      const asked = readPrompt(request);
      const pieces = asked.schema === 'plan' ? writePlan(asked) : [writeResult(`${asked.instruction} Done.`)];
      refuseTooLong(work, asked, pieces);
      if (work.callMs !== undefined) return { text: pieces.join(''), latencyMs: work.callMs };
      return paceAnswer(pieces, work.streamed);
    },
    { clock },
  );
}

function refuseTooLong({ contextTokens }: LeafWork, { characters }: Asked, pieces: string[]): void {
  const tokens = Math.ceil(characters / 4) + Math.ceil(pieces.join('').length / 4);
  if (contextTokens !== undefined && tokens > contextTokens) {
    throw new Error(`This call needs ${tokens} tokens; the model's context holds ${contextTokens}.`);
  }
}

function tellRange(from: number, to: number): string {
  return `Port services ${from} to ${to} of the platform to the new framework.`;
}

function writePlan({ task, user }: Asked): string[] {
  const [from = 1, to = 1] = [...task.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const roles = readSection(user, 'roles') ?? '';
  const subtasks = roles.startsWith('- worker:')
    ? splitEvenly(from, to, to - from + 1).map(([first]) => ({
        id: `service-${first}`,
        role: 'worker',
        instruction: `Port service ${first} to the new framework: read it, rewrite its endpoints, adapt its tests.`,
      }))
    : splitEvenly(from, to, countChunks(to - from + 1, roles.startsWith('- crew:') ? 2 : 3)).map(([first, last]) => ({
        id: `services-${first}-${last}`,
        role: roles.startsWith('- crew:') ? 'crew' : 'division',
        instruction: tellRange(first, last),
      }));
  return writeElements(subtasks);
}

/** The branching that keeps every node of a tree with so many levels alike. */
function countChunks(size: number, levels: number): number {
  return Math.ceil(size ** (1 / levels) - 1e-9);
}

/** `count` ranges whose sizes differ by one at most. */
function splitEvenly(from: number, to: number, count: number): [number, number][] {
  const size = to - from + 1;
  return Array.from({ length: count }, (_, at) => [
    from + Math.floor((at * size) / count),
    from + Math.floor(((at + 1) * size) / count) - 1,
  ]);
}
