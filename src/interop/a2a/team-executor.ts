/**
 * A team as the SDK's executor of tasks: each task is a run.
 *
 * Invariants
 * 1. A message that comes again (same id, same text) is the same run, while it goes on, after it has ended, and after a restart.
 * 2. Every task ends or waits: whatever its run comes to is published as a state with a reason.
 * 3. When the server closes, runs are interrupted, not cancelled.
 */
import { createHash } from 'node:crypto';
import type { Message, Task } from '@a2a-js/sdk';
import type { AgentExecutor, ExecutionEventBus, RequestContext } from '@a2a-js/sdk/server';
import type { Clock } from '../../clock.ts';
import { cancelRun } from '../../control-run.ts';
import type { Store } from '../../engine/store.ts';
import { PlanwrightError, toErrorRecord } from '../../errors.ts';
import type { Json } from '../../json.ts';
import type { RunHandle, RunResult } from '../../run-handle.ts';
import { type RunTaskOptions, resumeRun, runTask } from '../../run-task.ts';
import { readProgress } from '../mcp-server/run-progress.ts';
import { type Part, textOfParts, textPart } from './message-text.ts';

/** By number, as the protocol's schema has them: its package is loaded only when a team is published. */
const states = { working: 2, completed: 3, failed: 4, canceled: 5, inputRequired: 6, rejected: 7 } as const;
const agentRole = 2;

const maxTaskCharacters = 500_000;
const leastBetweenMs = 250;

export interface TeamExecutorOptions {
  /** Of every run. */
  run: Omit<RunTaskOptions, 'task' | 'runId' | 'store' | 'signal'>;
  store: Store;
  clock: Clock;
  /** Runs at once; more are rejected. */
  maxTasks: number;
  /** Aborts when the server closes. */
  closing: AbortSignal;
}

interface Publishing {
  taskId: string;
  contextId: string;
  bus: ExecutionEventBus;
}

export class TeamExecutor implements AgentExecutor {
  readonly #options: TeamExecutorOptions;
  /** By run: those under way. */
  readonly #handles = new Map<string, RunHandle>();
  /** Those under way, and those whose run waits for a person. */
  readonly #tasks = new Map<string, { runId: string; contextId: string }>();

  constructor(options: TeamExecutorOptions) {
    this.#options = options;
  }

  /** Never rejects: what goes wrong is the task's state. */
  readonly execute = async (request: RequestContext, bus: ExecutionEventBus): Promise<void> => {
    const { taskId, contextId, userMessage } = request;
    const publishing: Publishing = { taskId, contextId, bus };
    try {
      if (request.task === undefined) bus.publish({ kind: 'task', data: newTask(publishing, userMessage) });
      const text = textOfParts(userMessage.parts).trim();
      const runId = this.#tasks.get(taskId)?.runId ?? runIdOf(userMessage.messageId, text);
      this.#tasks.set(taskId, { runId, contextId });
      const waits = await this.#follow(runId, request.task === undefined ? text : null, publishing);
      if (!waits) this.#tasks.delete(taskId);
    } catch (thrown) {
      this.#tasks.delete(taskId);
      const { code, message } = toErrorRecord(thrown);
      publishState(publishing, code === 'usage' ? states.rejected : states.failed, `${code}: ${message}`);
    }
    bus.finished();
  };

  readonly cancelTask = async (taskId: string, bus: ExecutionEventBus): Promise<void> => {
    const { store, clock } = this.#options;
    const reason = 'Cancelled by the agent that asked for it.';
    const { runId = '', contextId = '' } = this.#tasks.get(taskId) ?? {};
    const handle = this.#handles.get(runId);
    if (handle !== undefined) {
      handle.cancel(reason);
      // `execute` publishes the state once the run has ended.
      await handle.catch(() => undefined);
      return;
    }
    // It waits for a person, unless it has ended meanwhile.
    await cancelRun(store, runId, { reason, clock }).catch(() => undefined);
    this.#tasks.delete(taskId);
    publishState({ taskId, contextId, bus }, states.canceled, 'Cancelled.');
    bus.finished();
  };

  /** Interrupted runs end their tasks. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#handles.values());
  }

  /** @param text null: the run is there, and goes on. @returns whether the run waits for a person. */
  async #follow(runId: string, text: string | null, publishing: Publishing): Promise<boolean> {
    const handle = this.#handles.get(runId) ?? this.#start(runId, text);
    await this.#tell(handle, publishing);
    const result = await handle;
    publishEnd(publishing, result);
    return result.status === 'waiting';
  }

  #start(runId: string, text: string | null): RunHandle {
    const { run, store, clock, maxTasks, closing } = this.#options;
    if (text !== null && (text === '' || text.length > maxTaskCharacters)) {
      throw new PlanwrightError('usage', `A task is a text of 1 to ${maxTaskCharacters} characters; this has ${text.length}.`);
    }
    if (this.#handles.size >= maxTasks) {
      throw new PlanwrightError('usage', `${maxTasks} tasks are under way, as many as this agent takes at once. Send it later.`);
    }
    const held = { store, clock, signal: closing };
    const handle = text === null ? resumeRun({ ...run, runId, ...held }) : runTask({ ...run, task: text, runId, ...held });
    this.#handles.set(runId, handle);
    handle.catch(() => undefined).finally(() => this.#handles.delete(runId));
    return handle;
  }

  async #tell(handle: RunHandle, publishing: Publishing): Promise<void> {
    const { clock } = this.#options;
    let toldMs = Number.NEGATIVE_INFINITY;
    for await (const { message } of readProgress(handle.runId, handle.events)) {
      if (clock.now() - toldMs < leastBetweenMs) continue;
      toldMs = clock.now();
      publishState(publishing, states.working, message);
    }
  }
}

function publishEnd(publishing: Publishing, { runId, status, detail, deliverable, ledger }: RunResult): void {
  const { inputTokens, outputTokens, costUsd } = ledger;
  const metadata = { planwright: { runId, status, inputTokens, outputTokens, costUsd } };
  const because = detail === undefined ? '' : ` ${detail}`;
  switch (status) {
    case 'succeeded':
    case 'partial':
      publishDeliverable(publishing, deliverable);
      return publishState(publishing, states.completed, status === 'partial' ? `Part of it was done.${because}` : '', metadata);
    case 'cancelled':
      return publishState(publishing, states.canceled, `Cancelled.${because}`, metadata);
    case 'waiting':
      return publishState(
        publishing,
        states.inputRequired,
        `Run ${runId} waits for a person's approval at this agent.`,
        metadata,
      );
    case 'interrupted':
    case 'running':
      return publishState(publishing, states.failed, `This agent is closing; run ${runId} can be resumed there.`, metadata);
    case 'failed':
      return publishState(publishing, states.failed, `The run failed.${because}`, metadata);
  }
}

function publishDeliverable({ taskId, contextId, bus }: Publishing, deliverable: Json): void {
  const part: Part =
    typeof deliverable === 'string'
      ? textPart(deliverable)
      : { content: { $case: 'data', value: deliverable }, metadata: undefined, filename: '', mediaType: 'application/json' };
  const artifact = {
    artifactId: 'deliverable',
    name: 'deliverable',
    description: '',
    parts: [part],
    metadata: undefined,
    extensions: [],
  };
  bus.publish({
    kind: 'artifactUpdate',
    data: { taskId, contextId, artifact, append: false, lastChunk: true, metadata: undefined },
  });
}

function publishState(
  { taskId, contextId, bus }: Publishing,
  state: number,
  text: string,
  metadata?: Record<string, Json>,
): void {
  const message = text === '' ? undefined : agentMessage(text, { taskId, contextId });
  bus.publish({ kind: 'statusUpdate', data: { taskId, contextId, status: { state, message, timestamp: undefined }, metadata } });
}

function newTask({ taskId, contextId }: Publishing, message: Message): Task {
  const status = { state: states.working, message: undefined, timestamp: undefined };
  return { id: taskId, contextId, status, artifacts: [], history: [message], metadata: undefined };
}

function agentMessage(text: string, { taskId, contextId }: { taskId: string; contextId: string }): Message {
  const messageId = createHash('sha256').update(`${taskId}\n${text}`).digest('hex').slice(0, 32);
  const parts = [textPart(text)];
  return { messageId, contextId, taskId, role: agentRole, parts, metadata: undefined, extensions: [], referenceTaskIds: [] };
}

/** The same for the same message: what was sent again after a crash is not done again. */
function runIdOf(messageId: string, text: string): string {
  return `a2a-${createHash('sha256').update(`${messageId}\n${text}`).digest('hex').slice(0, 32)}`;
}
