/** Numbers cite the invariants of waiting-calls.ts. */
import { expect, test } from 'vitest';
import type { RunEvent } from '../events.ts';
import { createRunState, type SubtaskState, type ToolRequest } from '../schedule/state.ts';
import type { RunPort } from './drive.ts';
import { createPlace, createSlots } from './slots.ts';
import { createWaitingCalls } from './waiting-calls.ts';

const store = { putValue: async (value: unknown) => ({ kind: 'inline', value }) as never };
const asked = { call: '1/0', tool: 'act', input: { at: 1 }, requestHash: 'h' };

/** A run with one attempt under way, and what its port was told. */
function makeRun(requests: ToolRequest[] = []) {
  const state = createRunState();
  const item: Partial<SubtaskState> = {
    attempt: 1,
    status: 'running',
    people: { approval: 'none', requests: new Map(requests.map((request) => [request.request.call, request])), isParked: false },
  };
  state.subtasks.set('a', item as SubtaskState);
  const posted: RunEvent[] = [];
  const blocks: boolean[] = [];
  const port: RunPort = {
    runId: 'r',
    state,
    post: (event) => posted.push(event),
    signalFor: () => new AbortController().signal,
    setBlocked: (_key, isBlocked) => blocks.push(isBlocked),
  };
  const calls = createWaitingCalls();
  const slots = createSlots(1);
  const place = createPlace(slots, new AbortController().signal);
  const approver = calls.approverFor({ subtaskId: 'a', attempt: 1, role: 'r', store, port, place });
  return { calls, approver, posted, blocks, slots, place };
}

function known(requestHash: string, answer: ToolRequest['answer'] = null, goesOn = false): ToolRequest {
  const request = { kind: 'tool', subtaskId: 'a', attempt: 1, role: 'r', call: '1/0', tool: 'act', requestHash } as const;
  return { request: { ...request, input: { kind: 'inline', value: null } }, answer, goesOn };
}

const signal = new AbortController().signal;
const approved = { kind: 'approved', by: 'ada' } as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('1: a call asks, waits, and goes on with the fold’s answer', async () => {
  const { calls, approver, posted } = makeRun();
  const end = approver.begin();
  const answer = approver.ask(asked, signal);
  await turn();
  expect(posted).toMatchObject([{ type: 'approval-asked', request: { call: '1/0', tool: 'act', requestHash: 'h' } }]);
  calls.goOn({ kind: 'go-on', subtaskId: 'a', attempt: 1, call: '1/0', answer: approved });
  expect(await answer).toEqual(approved);
  end();
});

test('1: a call that went on before does not ask again; one that was asked about waits and does not ask either', async () => {
  const again = makeRun([known('h', approved, true)]);
  expect(await again.approver.ask(asked, signal)).toEqual(approved);
  const waiting = makeRun([known('h', approved, false)]);
  const answer = waiting.approver.ask(asked, signal);
  await turn();
  expect([again.posted, waiting.posted]).toEqual([[], []]);
  waiting.calls.goOn({ kind: 'go-on', subtaskId: 'a', attempt: 1, call: '1/0', answer: approved });
  expect(await answer).toEqual(approved);
});

test('an answer to another request than the one that would act is none', async () => {
  const { approver } = makeRun([known('another', approved, true)]);
  await expect(approver.ask(asked, signal)).rejects.toMatchObject({ code: 'replay-mismatch' });
});

test('2: blocked while one waits and none acts, without a slot meanwhile', async () => {
  const { calls, approver, blocks, place, slots } = makeRun();
  await place.take();
  const ends = [approver.begin(), approver.begin()];
  const answer = approver.ask(asked, signal);
  await turn();
  expect(blocks).toEqual([]);
  ends[1]?.();
  expect(blocks).toEqual([true]);
  const release = await slots.acquire(signal);
  calls.goOn({ kind: 'go-on', subtaskId: 'a', attempt: 1, call: '1/0', answer: approved });
  expect(blocks).toEqual([true, false]);
  let hasGoneOn = false;
  const noted = answer.then(() => (hasGoneOn = true));
  await turn();
  expect(hasGoneOn).toBe(false);
  release();
  await noted;
});

test('an attempt that is stopped while it waits rejects with the reason, and a late answer changes nothing', async () => {
  const { calls, approver, blocks } = makeRun();
  const stopper = new AbortController();
  approver.begin();
  const answer = approver.ask(asked, stopper.signal);
  await turn();
  stopper.abort(new Error('stopped'));
  await expect(answer).rejects.toThrow('stopped');
  expect(blocks).toEqual([true, false]);
  calls.goOn({ kind: 'go-on', subtaskId: 'a', attempt: 1, call: '1/0', answer: approved });
});
