import { describe, expect, it } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import type { CallRecord, CallScope } from './call-record.ts';
import { callTool, type ToolCall } from './tool-journal.ts';

const scope: CallScope = { runId: 'run', rootRunId: 'run', subtaskId: 's', attempt: 1, role: 'writer', purpose: 'execute' };

function setup() {
  const calls = new Map<string, CallRecord>();
  const store = {
    findCall: async (key: string) => calls.get(key),
    putCall: async (call: CallRecord) => {
      calls.set(call.key, call);
    },
  };
  const { clock } = fakeClock(1000);
  let runs = 0;
  const call = (run: () => unknown, more: Partial<ToolCall> = {}) =>
    callTool({
      key: 'run/s/1/1/0',
      name: 'send',
      input: { to: 'a' },
      effect: 'read',
      scope,
      store,
      clock,
      ...more,
      run: async () => {
        runs += 1;
        return (await run()) as Json;
      },
    });
  return { calls, call, runs: () => runs };
}

describe('a tool call', () => {
  it('is not made again when its result is journaled, and gives the same result', async () => {
    const { call, runs, calls } = setup();
    const first = await call(() => ({ rows: [1, undefined], when: new Date(0) }));
    const again = await call(() => 'another');
    expect([first, again, runs()]).toEqual([{ rows: [1, null], when: '1970-01-01T00:00:00.000Z' }, first, 1]);
    expect([...calls.values()]).toMatchObject([
      {
        key: 'run/s/1/1/0',
        kind: 'tool',
        name: 'send',
        outcome: 'succeeded',
        costUsd: 0,
        inputTokens: 0,
        startedMs: 1000,
        endedMs: 1000,
      },
    ]);
  });

  it('fails again as it failed, word for word: the model has read those words', async () => {
    for (const thrown of [new Error('usage: no such file'), new PlanwrightError('path-outside-root', 'No: ../x')]) {
      const { call, runs } = setup();
      const fail = () => {
        throw thrown;
      };
      const first: unknown = await call(fail).catch((error: unknown) => error);
      const again: unknown = await call(fail).catch((error: unknown) => error);
      expect(String(again)).toBe(String(first));
      expect(again).toMatchObject({ message: thrown.message });
      expect(again instanceof PlanwrightError && again.code).toBe(thrown instanceof PlanwrightError && thrown.code);
      expect(runs()).toBe(1);
    }
  });

  it('is journaled as failed when its result is not JSON', async () => {
    const { call, calls } = setup();
    await expect(call(() => 1n)).rejects.toThrow('BigInt');
    expect([...calls.values()].map(({ outcome }) => outcome)).toEqual(['failed']);
  });

  it('that acts once is not repeated when it was under way at a crash', async () => {
    const { call, calls, runs } = setup();
    const crashed = call(() => new Promise(() => undefined), { effect: 'once' });
    crashed.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect([...calls.values()].map(({ outcome }) => outcome)).toEqual(['started']);
    await expect(call(() => 'again', { effect: 'once' })).rejects.toMatchObject({
      code: 'tool-outcome-unknown',
      details: { tool: 'send' },
    });
    expect(runs()).toBe(1);
  });

  it('that acts once stays of unknown outcome when it is cancelled under way; one that reads may be made again', async () => {
    for (const [effect, outcomes] of [
      ['once', ['run/s/1/1/0 started']],
      ['read', ['run/s/1/1/0#1 aborted']],
    ] as const) {
      const { call, calls } = setup();
      const controller = new AbortController();
      const cancel = () => {
        controller.abort(new Error('enough'));
        throw new Error('cancelled inside');
      };
      await expect(call(cancel, { effect, signal: controller.signal })).rejects.toThrow('enough');
      expect([...calls.values()].map(({ key, outcome }) => `${key} ${outcome}`)).toEqual(outcomes);
    }
  });

  it('with another input than the journaled one is refused', async () => {
    const { call } = setup();
    await call(() => 1);
    await expect(call(() => 1, { input: { to: 'b' } })).rejects.toMatchObject({
      code: 'replay-mismatch',
      details: { changed: ['input'] },
    });
  });

  it('keeps secrets in an error out of the journal', async () => {
    const { call, calls } = setup();
    await expect(
      call(() => {
        throw new Error('GET https://me:hunter2@example.test failed, Bearer abcdefghijkl');
      }),
    ).rejects.toThrow('GET https://[redacted]@example.test failed, Bearer [redacted]');
    expect(JSON.stringify([...calls.values()])).not.toMatch(/hunter2|abcdefghijkl/);
  });
});
