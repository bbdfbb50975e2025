/** What the cases of engine-conformance.ts are played with: a team, plans, and a model that answers by the prompt alone, watched. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { z } from 'zod';
import { defineTool, type Tool } from '../execute/tool.ts';
import type { Subtask } from '../plan/plan.ts';
import { defineTeam } from '../team/define-team.ts';
import { type ScriptedModel, scriptedModel } from '../testing/scripted-model.ts';
import type { Engine, EngineRun } from './engine.ts';

export interface EngineMeans {
  model: ScriptedModel;
  tools?: Tool[];
}

export interface EngineUnderTest extends Engine {
  /** Ends as its process would, and opens another on the same store. */
  restart(): Promise<EngineUnderTest>;
}

/** Opens an engine on a store that is empty, another one each time. */
export type OpenEngine = (means: EngineMeans) => Promise<EngineUnderTest>;

const team = defineTeam({
  name: 'conformance',
  roles: {
    worker: { description: 'Works.', instructions: 'You are the worker.' },
    'weak-worker': { description: 'Works weakly.', instructions: 'You are the weak-worker.' },
    single: { description: 'Works alone.', instructions: 'You are the single.', limits: { concurrency: 1 } },
    careful: { description: 'Asks first.', instructions: 'You are the careful.', approval: 'required' },
    operator: { description: 'Acts.', instructions: 'You are the operator.', tools: ['act'], limits: { maxSteps: 3 } },
    checker: {
      description: 'Checks.',
      instructions: 'You are the checker.',
      accept: [{ kind: 'predicate', notContains: 'FAILED' }],
      fallback: ['weak-worker'],
    },
    judge: {
      description: 'Judges drafts.',
      instructions: 'You are the judge.',
      output: {
        type: 'object',
        properties: { verdict: { type: 'string' }, feedback: { type: 'string' } },
        required: ['verdict'],
      },
    },
    pair: {
      description: 'A team of two.',
      team: {
        name: 'pair',
        roles: {
          first: { description: 'Begins.', instructions: 'You are the first.' },
          second: { description: 'Ends.', instructions: 'You are the second.' },
        },
      },
    },
  },
});

export function step(id: string, dependsOn: string[] = [], role = 'worker'): Subtask {
  const accept = role === 'checker' ? { accept: [{ kind: 'predicate' as const, notContains: 'FAILED' }] } : {};
  return { id, role, instruction: `do ${id}`, dependsOn, ...accept };
}

export function planned(subtasks: Subtask[]): EngineRun {
  return { runId: 'r', task: 'the task', team, model: 'custom:model', plan: { version: 1, task: 'the task', subtasks } };
}

/** A draft, which the judge wants written again once: the plan grows by what it answers. */
export function refined(): EngineRun {
  const pattern = { name: 'self-refine', options: { rounds: 3, author: 'worker', critic: 'judge' } };
  return { runId: 'r', task: 'do it', team: { ...team, pattern }, model: 'custom:model', strategy: 'team' };
}

const revision = [step('instead', ['a']), step('end-2', ['instead'])];
const pairPlan = [step('part-1', [], 'first'), step('part-2', ['part-1'], 'second')];

/** A model that answers by the prompt alone, watched. */
export class Stage {
  readonly aborted = new Set<string>();
  readonly acts: string[] = [];
  readonly order: string[] = [];
  /** What the planner of the run answers. */
  plan: Subtask[] = [];
  mostAtOnce = 0;
  calls = 0;
  readonly #made = new Map<string, number>();
  readonly #latencyMs: number;
  readonly #answerCharacters: number | undefined;
  #atOnce = 0;
  #held: string | null = null;
  #release = (): void => {};
  #isReached = false;

  constructor({ latencyMs = 0, answerCharacters }: { latencyMs?: number; answerCharacters?: number } = {}) {
    this.#latencyMs = latencyMs;
    this.#answerCharacters = answerCharacters;
  }

  async open(open: OpenEngine): Promise<EngineUnderTest & AsyncDisposable> {
    const act = defineTool({
      name: 'act',
      description: 'Acts.',
      effect: 'once',
      approval: 'required',
      input: z.object({ on: z.string() }),
      execute: ({ on }) => {
        this.acts.push(on);
        return 'acted';
      },
    });
    const model = scriptedModel((request) => this.#answer(request));
    return this.wrap(await open({ model, tools: [act] }));
  }

  wrap(engine: EngineUnderTest): EngineUnderTest & AsyncDisposable {
    return Object.assign(engine, { [Symbol.asyncDispose]: () => engine.close() });
  }

  callsOf(id: string): number {
    return this.#made.get(id) ?? 0;
  }

  /** The call of this subtask gets no answer until `letGo`. */
  holdAt(id: string): void {
    this.#held = id;
    this.#isReached = false;
  }

  reached(id: string): Promise<void> {
    return eventually(() => this.#isReached, `the call of ${id} was made`);
  }

  letGo(): void {
    this.#held = null;
    this.#release();
  }

  async #answer(request: LanguageModelV4CallOptions) {
    const text = JSON.stringify(request.prompt);
    if (request.responseFormat?.type === 'json') {
      const isPair = text.includes('do both');
      const subtasks = request.responseFormat.name === 'revision' ? revision : isPair ? pairPlan : this.plan;
      return { text: JSON.stringify({ subtasks, deliverable: '' }) };
    }
    const role = /You are the ([\w-]+)\./.exec(text)?.[1] ?? 'none';
    const id = /do ([\w-]+)\\n<\/instruction>/.exec(text)?.[1] ?? 'none';
    this.calls += 1;
    this.#made.set(id, this.callsOf(id) + 1);
    this.order.push(id);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      if (id === this.#held) await this.#hold(id, request.abortSignal);
      if (this.#latencyMs > 0) await pause(this.#latencyMs);
    } finally {
      this.#atOnce -= 1;
    }
    if (role === 'operator' && !request.prompt.some((message) => message.role === 'tool')) {
      return { toolCalls: [{ id: `act-${id}`, name: 'act', input: { on: id } }] };
    }
    if (id === 'weak') return 'FAILED';
    const handed = [...text.matchAll(/<dependency id=\\"([^\\]+)\\"/g)].map(([, from]) => from);
    if (role === 'judge') return JSON.stringify({ verdict: handed.includes('draft-2') ? 'good' : 'revise', feedback: 'Again.' });
    const answer = `${role} did ${id} with [${handed.join()}]`;
    return this.#answerCharacters === undefined ? answer : answer.padEnd(this.#answerCharacters, '.');
  }

  #hold(id: string, signal: AbortSignal | undefined): Promise<void> {
    this.#isReached = true;
    return new Promise((resolve, reject) => {
      this.#release = resolve;
      signal?.addEventListener('abort', () => {
        this.aborted.add(id);
        reject(signal.reason);
      });
    });
  }
}

export async function eventually(holds: () => boolean, what: string, withinMs = 10_000): Promise<void> {
  for (const endMs = performance.now() + withinMs; !holds(); ) {
    if (performance.now() > endMs) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
