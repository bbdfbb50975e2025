/** Teams as a request holds them, and models that play them. */
import type { ScriptedModel } from 'planwright/testing';
import { playModel, readCall } from '../support/small-team.ts';

const role = (name: string) => ({ description: `A ${name}.`, instructions: `You are the ${name}.` });

export const smallDefinition = {
  name: 'small',
  roles: { finder: role('finder'), checker: role('checker'), writer: role('writer') },
  limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 4 },
};

/** With a role that is a team of two. */
export const nestedDefinition = {
  name: 'nested',
  roles: {
    finder: role('finder'),
    writer: role('writer'),
    pair: { description: 'A team of two.', team: { name: 'pair', roles: { finder: role('finder'), writer: role('writer') } } },
  },
  limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 4 },
};

export const step = (id: string, by = 'finder', dependsOn: string[] = []) => ({
  id,
  role: by,
  instruction: `do ${id}`,
  dependsOn,
});

export const planOf = (...subtasks: object[]) => ({ version: 1, task: 'the task', subtasks });

/** `count` subtasks, each of the second half after one of the first. */
export function wide(count: number) {
  return planOf(
    ...Array.from({ length: count }, (_one, at) =>
      step(`s${at}`, 'finder', at >= count / 2 ? [`s${at - Math.floor(count / 2)}`] : []),
    ),
  );
}

export interface Paced {
  model: ScriptedModel;
  /** Lets calls go that are held. */
  release: () => void;
}

/** Answers after `latencyMs`; calls about a subtask that is held wait until they are released. */
export function pacedModel({ latencyMs = 0, held = [] as readonly string[] } = {}): Paced {
  const gate = Promise.withResolvers<void>();
  const model = playModel(
    async (call) => {
      const { text } = readCall(call.request);
      const id = /do ([\w-]+)\n<\/instruction>/.exec(text)?.[1] ?? 'none';
      if (call.schema !== null) {
        return JSON.stringify({ subtasks: [step('part-1'), step('part-2', 'writer', ['part-1'])], deliverable: '' });
      }
      if (held.includes(id)) await Promise.race([gate.promise, aborted(call.request.abortSignal)]);
      return `${call.role} did ${id}`;
    },
    { latencyMs },
  );
  return { model, release: () => gate.resolve() };
}

/** Rejects once the signal has aborted, also when it had before. */
export function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    else signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
