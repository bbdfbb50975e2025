import { expect, test } from 'vitest';
import type { ApprovalAnswer } from '../events.ts';
import { makeGeneralist } from '../team/defaults.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import type { Approver } from './approver.ts';
import { limitAttempt } from './attempt-limit.ts';

const limits = { maxSteps: 1, callTimeoutMs: 1000, toolTimeoutMs: 1000 };
const call = { call: '1/0', tool: 'send', input: {}, requestHash: 'x' };

function role(attemptTimeoutMs?: number) {
  const own = attemptTimeoutMs === undefined ? limits : { ...limits, attemptTimeoutMs };
  return makeGeneralist({ name: 'coder', tools: [], accept: [], limits: own });
}

test('an attempt ends at its limit, and the message names role and limit', async () => {
  const time = fakeClock();
  const { signal } = limitAttempt(role(500), time.clock);
  await time.advance(499);
  expect(signal.aborted).toBe(false);
  await time.advance(1);
  expect(signal.reason).toMatchObject({
    code: 'attempt-timeout',
    recovery: 'retry',
    message:
      'Role "coder" did not finish its attempt within 500 ms. Raise limits.attemptTimeoutMs, or give it a smaller subtask.',
  });
});

test('without a limit, or when it has ended, nothing is waited for', async () => {
  const time = fakeClock();
  limitAttempt(role(), time.clock);
  const limit = limitAttempt(role(500), time.clock);
  limit.stop();
  await time.advance(1000);
  expect([time.sleeping(), limit.signal.aborted]).toEqual([0, false]);
});

test('time stands still while a person is asked, about one call or about several', async () => {
  const time = fakeClock();
  const answers: ((answer: ApprovalAnswer) => void)[] = [];
  const approver: Approver = {
    begin: () => () => undefined,
    wasAsked: () => false,
    ask: () => new Promise((resolve) => answers.push(resolve)),
  };
  const limit = limitAttempt(role(500), time.clock);
  const watched = limit.watch(approver);
  await time.advance(400);
  const asked = [watched.ask(call, limit.signal), watched.ask(call, limit.signal)];
  await time.advance(10_000);
  answers[0]?.({ kind: 'approved', by: 'me' });
  await asked[0];
  await time.advance(10_000);
  expect(limit.signal.aborted).toBe(false);
  answers[1]?.({ kind: 'approved', by: 'me' });
  await asked[1];
  await time.advance(99);
  expect(limit.signal.aborted).toBe(false);
  await time.advance(1);
  expect(limit.signal.aborted).toBe(true);
});
