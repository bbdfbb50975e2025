/**
 * What a person decides: attempts of roles that need approval, and tool calls that wait before they act. (The plan as a
 * whole: planning.ts.)
 *
 * Invariants
 * 1. A subtask that is asked for is `waiting` and holds no slot; nothing else of the run waits for it but its dependents.
 * 2. An answer counts once, and only for the very attempt or call that it names.
 * 3. An attempt with an unanswered request is parked: it holds no slot. After the last answer it gets one like everybody
 *    else, before any new attempt; calls that are answered while others of the attempt still wait need none.
 * 4. Once an attempt of a subtask was asked for, all later ones are, whatever their role: a re-route is no way around.
 */
import type { ApprovalAnswer, ApprovalRequest, RequestName } from '../events.ts';
import type { Command } from './command.ts';
import { climbLadder } from './ladder.ts';
import { pushReady } from './ready-queue.ts';
import { freeSlot, isFree, takeSlot } from './slots.ts';
import type { PeopleState, RunState, SubtaskState, ToolRequest } from './state.ts';

export function needsApproval(state: RunState, { people, role }: SubtaskState): boolean {
  if (people === null || people.approval === 'none') return state.settings.roles[role]?.approval === 'required';
  return people.approval !== 'given';
}

/** The attempt that starts is another one than before. */
export function beginAttempt(people: PeopleState): void {
  if (people.approval === 'given') people.approval = 'used';
  people.requests.clear();
  people.isParked = false;
}

/** Asks for the next attempt of a subtask that was just taken off its queue. */
export function askForAttempt(state: RunState, item: SubtaskState, commands: Command[]): void {
  peopleOf(item).approval = 'asked';
  state.asked += 1;
  commands.push({ kind: 'ask', request: attemptRequest(item) });
}

/** What is asked of a subtask whose next attempt is asked for. */
function attemptRequest({ subtask, attempt, role }: SubtaskState): ApprovalRequest {
  return { kind: 'attempt', subtaskId: subtask.id, attempt: attempt + 1, role };
}

/** An executor has come to a call that a person has to see first. Requests for attempts are the fold's own. */
export function enterRequest(state: RunState, request: ApprovalRequest, commands: Command[]): void {
  if (request.kind === 'attempt') return;
  const item = findRunning(state, request);
  if (item === undefined) return;
  const people = peopleOf(item);
  if (people.requests.has(request.call)) return;
  people.requests.set(request.call, { request, answer: null, goesOn: false });
  if (!people.isParked) {
    people.isParked = true;
    freeSlot(state, item);
  }
  commands.push({ kind: 'ask', request });
}

export function enterAnswer(state: RunState, name: RequestName, answer: ApprovalAnswer, commands: Command[]): void {
  if (name.call === undefined) answerAttempt(state, name, answer, commands);
  else answerCall(state, name, name.call, answer, commands);
}

function answerAttempt(state: RunState, name: RequestName, answer: ApprovalAnswer, commands: Command[]): void {
  const item = state.subtasks.get(name.subtaskId);
  if (item?.status !== 'waiting' || item.people?.approval !== 'asked' || name.attempt !== item.attempt + 1) return;
  state.asked -= 1;
  if (answer.kind === 'approved') {
    item.people.approval = 'given';
    pushReady(state.ready, item);
    return;
  }
  item.people.approval = 'used';
  item.attempt += 1;
  const message = `${answer.by} did not approve this attempt: ${answer.reason}`;
  climbLadder(state, item, { code: 'rejected', message, recovery: 'retry' }, commands);
}

function answerCall(state: RunState, name: RequestName, call: string, answer: ApprovalAnswer, commands: Command[]): void {
  const item = findRunning(state, name);
  const asked = item?.people?.requests.get(call);
  if (item === undefined || asked === undefined || asked.answer !== null) return;
  asked.answer = answer;
  if (hasUnanswered(item)) goOn(asked, answer, commands);
  else state.unparked.push(item);
}

/** Gives slots back to attempts whose requests are answered, first answered first. Costs nothing when there are none. */
export function startUnparked(state: RunState, commands: Command[]): void {
  if (state.unparked.length === 0) return;
  state.unparked = state.unparked.filter((item) => {
    const { people } = item;
    if (item.status !== 'running' || people?.isParked !== true || hasUnanswered(item)) return false;
    if (!isFree(state, item.role)) return true;
    people.isParked = false;
    takeSlot(state, item);
    for (const asked of people.requests.values()) {
      if (asked.answer !== null && !asked.goesOn) goOn(asked, asked.answer, commands);
    }
    return false;
  });
}

/** Commands about people that are not answered, of one subtask. */
export function pendingRequests(item: SubtaskState, commands: Command[]): void {
  const { people, status } = item;
  if (people === null) return;
  if (status === 'waiting' && people.approval === 'asked') commands.push({ kind: 'ask', request: attemptRequest(item) });
  if (status !== 'running') return;
  for (const { request, answer, goesOn } of people.requests.values()) {
    if (answer === null) commands.push({ kind: 'ask', request });
    else if (goesOn) commands.push(goOnCommand(request, answer));
  }
}

function goOn(asked: ToolRequest, answer: ApprovalAnswer, commands: Command[]): void {
  asked.goesOn = true;
  commands.push(goOnCommand(asked.request, answer));
}

function goOnCommand({ subtaskId, attempt, call }: ToolRequest['request'], answer: ApprovalAnswer): Command {
  return { kind: 'go-on', subtaskId, attempt, call, answer };
}

function hasUnanswered({ people }: SubtaskState): boolean {
  for (const { answer } of people?.requests.values() ?? []) if (answer === null) return true;
  return false;
}

function peopleOf(item: SubtaskState): PeopleState {
  item.people ??= { approval: 'none', requests: new Map(), isParked: false };
  return item.people;
}

function findRunning(state: RunState, { subtaskId, attempt }: RequestName): SubtaskState | undefined {
  const item = state.subtasks.get(subtaskId);
  return item?.status === 'running' && item.attempt === attempt ? item : undefined;
}
