/**
 * One message to a remote agent, until its task has ended.
 *
 * Invariants
 * 1. The task's id is in the journal before anything else that the agent says is gone by.
 * 2. A task that is in the journal is asked after; the message is not sent again.
 * 3. When it is given up for any reason but an interruption of the run, the agent is asked to cancel the task.
 * 4. What an agent says of another task than its own is an error.
 */
import type { Message, Task } from '@a2a-js/sdk';
import type { RequestOptions, Transport } from '@a2a-js/sdk/client';
import type { Clock } from '../../clock.ts';
import { PlanwrightError } from '../../errors.ts';
import { agentFailed } from './agent-failure.ts';
import { type Artifact, textOfParts, textOfTask, textPart } from './message-text.ts';
import type { TaskJournal } from './task-journal.ts';

type State = NonNullable<Task['status']>['state'];
type StreamEvent = ReturnType<Transport['sendMessageStream']> extends AsyncGenerator<infer Event> ? Event : never;

/** By number, as the protocol's schema has them: its package is loaded only when an agent is asked. */
const states = { completed: 3, failed: 4, canceled: 5, inputRequired: 6, rejected: 7, authRequired: 8 } as const;
const ended: readonly number[] = [states.completed, states.failed, states.canceled, states.rejected];
const userRole = 1;

const firstPollMs = 500;
const slowestPollMs = 5000;
const pollGrowth = 1.5;
/** How long an agent is waited for to take a cancellation. */
const cancelTimeoutMs = 5000;

export interface RemoteTaskOptions {
  transport: Transport;
  tenant: string;
  streaming: boolean;
  journal: TaskJournal;
  clock: Clock;
  /** The agent's address, for messages. */
  shown: string;
  signal: AbortSignal;
}

export class RemoteTask {
  readonly #options: RemoteTaskOptions;
  readonly #request: RequestOptions;
  #taskId: string | null = null;
  #hasEnded = false;
  readonly #artifacts = new Map<string, Artifact>();

  constructor(options: RemoteTaskOptions) {
    this.#options = options;
    this.#request = { signal: options.signal, serviceParameters: { 'A2A-Version': '1.0' } };
  }

  /**
   * What the agent answers. After an abort it takes up to 5 s more, in which the agent is told.
   * @throws {PlanwrightError} `agent-failed`; what the transport throws; the signal's reason.
   */
  async send(text: string, messageId: string): Promise<string> {
    const { journal, streaming } = this.#options;
    try {
      this.#taskId = await journal.find(messageId);
      if (this.#taskId !== null) return await this.#goOn(this.#taskId);
      const message = makeMessage(text, messageId);
      return await (streaming ? this.#stream(message) : this.#sendAndPoll(message));
    } catch (thrown) {
      await this.#giveUp();
      throw thrown;
    }
  }

  async #sendAndPoll(message: Message): Promise<string> {
    const result = await this.#options.transport.sendMessage(this.#toSend(message), this.#request);
    if ('messageId' in result) return textOfParts(result.parts);
    await this.#begin(message.messageId, result.id);
    return this.#answerOf(result) ?? this.#poll(result.id);
  }

  async #stream(message: Message): Promise<string> {
    try {
      for await (const event of this.#options.transport.sendMessageStream(this.#toSend(message), this.#request)) {
        const answer = await this.#enter(event, message.messageId);
        if (answer !== null) return answer;
      }
    } catch (thrown) {
      this.#options.signal.throwIfAborted();
      if (this.#taskId === null || !isCutOff(thrown)) throw thrown;
    }
    // A stream may end before the task does.
    if (this.#taskId === null) throw this.#failed('ended its stream without a word');
    return this.#goOn(this.#taskId);
  }

  /** With a task that is there: listens again where the agent streams, then asks. */
  async #goOn(taskId: string): Promise<string> {
    const { transport, tenant, streaming, signal } = this.#options;
    if (!streaming) return this.#poll(taskId);
    try {
      for await (const event of transport.resubscribeTask({ tenant, id: taskId }, this.#request)) {
        const answer = await this.#enter(event, '');
        if (answer !== null) return answer;
      }
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof PlanwrightError) throw thrown;
      // A task that has ended can't be listened to, and not every agent lets one come back.
    }
    return this.#poll(taskId);
  }

  /** @returns the answer once it is there. */
  async #enter({ payload }: StreamEvent, messageId: string): Promise<string | null> {
    switch (payload?.$case) {
      case 'message':
        return textOfParts(payload.value.parts);
      case 'task':
        await this.#begin(messageId, payload.value.id);
        for (const artifact of payload.value.artifacts) this.#artifacts.set(artifact.artifactId, artifact);
        return this.#answerOf(payload.value);
      case 'artifactUpdate':
        await this.#begin(messageId, payload.value.taskId);
        if (payload.value.artifact !== undefined) this.#addArtifact(payload.value.artifact, payload.value.append);
        return null;
      case 'statusUpdate':
        await this.#begin(messageId, payload.value.taskId);
        return this.#answerOf({ status: payload.value.status, artifacts: [...this.#artifacts.values()] });
      case undefined:
        throw this.#failed('sent an event that is none of the protocol');
    }
  }

  #addArtifact(artifact: Artifact, append: boolean): void {
    const known = append ? this.#artifacts.get(artifact.artifactId) : undefined;
    const parts = known === undefined ? artifact.parts : [...known.parts, ...artifact.parts];
    this.#artifacts.set(artifact.artifactId, { ...artifact, parts });
  }

  async #poll(taskId: string): Promise<string> {
    const { transport, tenant, clock, signal } = this.#options;
    for (let waitMs = firstPollMs; ; waitMs = Math.min(waitMs * pollGrowth, slowestPollMs)) {
      const task = await transport.getTask({ tenant, id: taskId, historyLength: 0 }, this.#request);
      if (task.id !== taskId) throw this.#failed('was asked after its task and spoke of another');
      const answer = this.#answerOf(task);
      if (answer !== null) return answer;
      await clock.sleep(waitMs, signal);
    }
  }

  async #begin(messageId: string, taskId: string): Promise<void> {
    if (taskId === '') throw this.#failed('names no id of its task');
    if (this.#taskId === taskId) return;
    if (this.#taskId !== null) throw this.#failed('speaks of another task than the one that it began');
    this.#taskId = taskId;
    await this.#options.journal.keep(messageId, taskId);
  }

  /** null while the agent is at work. @throws {PlanwrightError} `agent-failed` for every end but a completed one. */
  #answerOf({ status, artifacts }: Pick<Task, 'status' | 'artifacts'>): string | null {
    if (status === undefined) throw this.#failed('names no state of its task');
    const said = textOfParts(status.message?.parts ?? []);
    const because = said === '' ? '' : `: ${said}`;
    this.#hasEnded = ended.includes(status.state);
    switch (status.state as number) {
      case states.completed:
        return textOfTask({ status, artifacts });
      case states.failed:
        throw this.#failed(`has failed${because}`);
      case states.rejected:
        throw this.#failed(`has rejected the work${because}`);
      case states.canceled:
        throw this.#failed(`has canceled the work${because}`);
      case states.inputRequired:
        throw this.#failed(`wants to be told more, and nobody here answers it${because}`);
      case states.authRequired:
        throw this.#failed(`wants to be authorized; give its secret under headers of the role's a2a${because}`);
      default:
        return this.#working(status.state);
    }
  }

  #working(state: State): null {
    // Submitted and working: 1 and 2.
    if ((state as number) === 1 || (state as number) === 2) return null;
    throw this.#failed('names a state of its task that the protocol does not have');
  }

  #toSend(message: Message) {
    const { tenant } = this.#options;
    const configuration = {
      acceptedOutputModes: ['text/plain', 'application/json'],
      taskPushNotificationConfig: undefined,
      returnImmediately: true,
    };
    return { tenant, message, configuration, metadata: undefined };
  }

  /** The agent is told, unless the run is to be resumed: then its task is looked for again. */
  async #giveUp(): Promise<void> {
    const { transport, tenant, signal } = this.#options;
    if (this.#taskId === null || this.#hasEnded || isInterruption(signal.reason)) return;
    const request = { ...this.#request, signal: AbortSignal.timeout(cancelTimeoutMs) };
    try {
      await transport.cancelTask({ tenant, id: this.#taskId, metadata: undefined }, request);
    } catch {
      // It is gone, has ended, or does not care.
    }
  }

  #failed(why: string): PlanwrightError {
    return agentFailed(this.#options.shown, why);
  }
}

/** The connection is gone, which says nothing about the task. */
function isCutOff(thrown: unknown): boolean {
  return thrown instanceof TypeError && thrown.message === 'terminated';
}

function isInterruption(reason: unknown): boolean {
  return reason instanceof PlanwrightError && reason.details['interrupted'] === true;
}

function makeMessage(text: string, messageId: string): Message {
  return {
    messageId,
    contextId: '',
    taskId: '',
    role: userRole,
    parts: [textPart(text)],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}
