/** Attempts and checks that other processes carry out, as the process that drives the run sees them. */
import { PlanwrightError } from '../errors.ts';
import type { RunEvent } from '../events.ts';
import type { Dispatcher } from './dispatcher.ts';
import { attemptKey, type RunPort } from './drive.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';
import { createPlace } from './slots.ts';
import type { WaitingCalls } from './waiting-calls.ts';
import { orderAttempt, orderCheck, type StartCommand, type VerifyCommand } from './work-order.ts';

/** Gives an attempt to a worker; while a person decides on its tool calls, no worker has it and it holds no slot. */
export async function dispatchAttempt(
  env: RunEnvironment & { dispatcher: Dispatcher },
  node: RunNode,
  command: StartCommand,
  { port, waitingCalls }: { port: RunPort; waitingCalls: WaitingCalls },
): Promise<void> {
  const { subtask, attempt } = command;
  const key = attemptKey(subtask.id, attempt);
  const signal = port.signalFor(key);
  const place = createPlace(env.slots, signal);
  try {
    for (;;) {
      const open = openCalls(port, subtask.id, attempt);
      if (open.length > 0) {
        place.leave();
        port.setBlocked(key, true);
        try {
          await Promise.all(open.map((call) => waitingCalls.hold(subtask.id, attempt, { call, signal })));
        } finally {
          port.setBlocked(key, false);
        }
        continue;
      }
      await place.take();
      const events = await env.dispatcher.dispatch(orderAttempt(node, port.state, command), signal);
      for (const event of events) port.post(event);
      if (events.some(({ type }) => type === 'attempt-finished')) return;
      await haveEntered(port, events);
    }
  } finally {
    place.leave();
  }
}

export async function dispatchCheck(
  env: RunEnvironment & { dispatcher: Dispatcher },
  node: RunNode,
  command: VerifyCommand,
  port: RunPort,
): Promise<void> {
  const signal = port.signalFor(attemptKey(command.subtask.id, command.attempt));
  const release = await env.slots.acquire(signal);
  try {
    for (const event of await env.dispatcher.dispatch(orderCheck(node, port.state, command), signal)) port.post(event);
  } finally {
    release();
  }
}

/** Calls of the attempt that a person was asked about and that have not gone on. */
function openCalls(port: RunPort, subtaskId: string, attempt: number): string[] {
  const item = port.state.subtasks.get(subtaskId);
  if (item?.attempt !== attempt) return [];
  return [...(item.people?.requests.values() ?? [])].filter(({ goesOn }) => !goesOn).map(({ request }) => request.call);
}

/** What was posted is folded in a later turn of the run's loop. */
async function haveEntered(port: RunPort, events: RunEvent[]): Promise<void> {
  const asked = events.find((event) => event.type === 'approval-asked');
  if (asked?.type !== 'approval-asked' || asked.request.kind !== 'tool') {
    throw new PlanwrightError('internal', `Work came back with ${events.map(({ type }) => type).join(', ') || 'nothing'}.`);
  }
  const { subtaskId, attempt, call } = asked.request;
  const signal = port.signalFor(attemptKey(subtaskId, attempt));
  while (port.state.subtasks.get(subtaskId)?.people?.requests.has(call) !== true) {
    signal.throwIfAborted();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
