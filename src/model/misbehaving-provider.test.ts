/** Everything that a provider can do wrong, against a real HTTP server: what the caller gets, what is recorded, what is held. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { fakeClock, type ScriptedReply, type ScriptedServer, type ServerScript, startScriptedServer } from '../testing/index.ts';
import type { CallRecord, CallScope } from './call-record.ts';
import { type MeterOptions, meterModel } from './journal.ts';
import type { CallEstimate, Limiter } from './limiter.ts';
import { createLimiter } from './limits.ts';
import { createModelCircuits } from './model-circuits.ts';
import { createModelRegistry } from './registry.ts';

const scope: CallScope = { runId: 'run', rootRunId: 'run', subtaskId: 'a', attempt: 1, role: 'writer', purpose: 'execute' };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(script: ServerScript, options: Parameters<typeof startScriptedServer>[1] = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(script, options);
  open.push(server);
  return server;
}

function callStore() {
  const calls = new Map<string, CallRecord>();
  return {
    findCall: async (key: string) => calls.get(key),
    putCall: async (call: CallRecord) => {
      calls.set(call.key, structuredClone(call));
    },
    records: () => [...calls.values()],
  };
}

/** Lets everything through, counts what is held, and remembers what it is told. */
function watchedLimiter() {
  const asked: CallEstimate[] = [];
  const pauses: { model: string; untilMs: number }[] = [];
  let held = 0;
  const limiter: Limiter = {
    reserve: async (estimate) => {
      asked.push(estimate);
      held += 1;
      const release = async () => {
        held -= 1;
      };
      return { settle: release, cancel: release };
    },
    carve: () => limiter,
    pause: async (model, untilMs) => {
      pauses.push({ model, untilMs });
    },
  };
  return { limiter, asked, pauses, held: () => held };
}

interface Rig extends Partial<MeterOptions> {
  spec: string;
  env?: Record<string, string>;
  fallbacks?: string[];
}

/** Waits of a backoff are 0 unless a test says otherwise. */
async function rig({ spec, env = {}, fallbacks = [], ...more }: Rig) {
  const registry = createModelRegistry({ env });
  const store = callStore();
  const watched = watchedLimiter();
  const circuits = createModelCircuits();
  const model = await registry.resolve(spec);
  const options: MeterOptions = {
    model,
    fallbackModels: await Promise.all(fallbacks.map((other) => registry.resolve(other))),
    scope,
    store,
    clock: systemClock,
    limiter: watched.limiter,
    callTimeoutMs: 5_000,
    random: { next: () => 0 },
    circuits,
    ...more,
  };
  const metered = meterModel(options);
  const request = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Say something.' }] }] };
  const ask = async (): Promise<string> => {
    const { content } = await metered.doGenerate(request);
    return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  };
  const askStreamed = async (): Promise<string> => {
    const { stream } = await metered.doStream(request);
    let text = '';
    for await (const part of stream) if (part.type === 'text-delta') text += part.delta;
    return text;
  };
  const outcomes = () => store.records().map(({ key, name, outcome }) => `${key} ${name === spec ? '' : 'other '}${outcome}`);
  return { ask, askStreamed, store, circuits, model, outcomes, metered, options, ...watched };
}

async function refusal(promise: Promise<unknown>): Promise<{ code: string; message: string; recovery: string }> {
  return promise.then(
    () => ({ code: 'none', message: 'nothing was thrown', recovery: '' }),
    (thrown) => thrown,
  );
}

/** A chunk of a chat stream. */
function textEvent(text: string): string {
  return `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content: text } }] })}\n\n`;
}

const garbage = new Uint8Array([0, 255, 254, 1, 2, 200, 31, 139]);
const once =
  (first: ScriptedReply): ServerScript =>
  (_request, index) =>
    index === 0 ? first : 'Fine.';

describe('what passes is tried again', () => {
  it.each<[string, ScriptedReply]>([
    ['408', { status: 408 }],
    ['409', { status: 409 }],
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['529', { status: 529 }],
    ['a page that is no answer', { raw: ['<html>Bad gateway</html>'], contentType: 'text/html' }],
    ['garbage', { raw: [garbage] }],
    ['half an answer', { text: 'Half', cutAfterChunks: 0 }],
    ['JSON of another kind', { raw: ['{"hello":1}'] }],
  ])('%s', async (_, reply) => {
    for (const streamed of [false, true]) {
      const server = await serve(once(reply));
      const { ask, askStreamed, outcomes, held } = await rig({ spec: server.spec });
      expect(await (streamed ? askStreamed() : ask())).toBe('Fine.');
      expect(outcomes()).toEqual(['run/a/1/1#1 failed', 'run/a/1/1 succeeded']);
      expect(held()).toBe(0);
    }
  });

  it('a connection that is refused, three times in all, and says so', async () => {
    const server = await serve(() => 'x');
    const { spec } = server;
    await server.close();
    const { ask, outcomes, held } = await rig({ spec });
    expect(await refusal(ask())).toMatchObject({
      code: 'model-failed',
      recovery: 'retry',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(outcomes()).toEqual([1, 2, 3].map((failed) => `run/a/1/1#${failed} failed`));
    expect(held()).toBe(0);
  });

  it.each([400, 401, 403, 404, 422])('but not %i', async (status) => {
    const server = await serve(() => ({ status }));
    const { ask } = await rig({ spec: server.spec });
    expect(await refusal(ask())).toMatchObject({ code: 'model-failed', message: expect.stringContaining(`HTTP ${status}`) });
    expect(server.counts().requests).toBe(1);
  });

  it('nor a stream of which something was handed on', async () => {
    const server = await serve(() => ({ text: ['one ', 'two ', 'three'], cutAfterChunks: 2 }));
    const { askStreamed, outcomes, held } = await rig({ spec: server.spec });
    expect(await refusal(askStreamed())).toMatchObject({ code: 'model-failed' });
    expect(outcomes()).toEqual(['run/a/1/1#1 failed']);
    expect(held()).toBe(0);
  });
});

describe('a provider that asks to be left alone', () => {
  it.each<[string, Record<string, string>, number]>([
    ['retry-after', { 'retry-after': '0.06' }, 60],
    ['retry-after-ms', { 'retry-after-ms': '60' }, 60],
    ['a rate limit’s reset', { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '60ms' }, 60],
  ])('%s: the model is paused for all, and the next try waits', async (_, headers, waitMs) => {
    const server = await serve(once({ status: 429, headers }));
    const { ask, pauses, circuits } = await rig({ spec: server.spec });
    const beganMs = Date.now();
    expect(await ask()).toBe('Fine.');
    expect(pauses).toHaveLength(1);
    expect(pauses[0]?.model).toBe(server.spec);
    expect((pauses[0]?.untilMs ?? 0) - beganMs).toBeGreaterThanOrEqual(waitMs);
    expect((server.requests[1]?.receivedMs ?? 0) - (server.requests[0]?.endedMs ?? 0)).toBeGreaterThanOrEqual(waitMs - 10);
    expect(circuits.list()).toEqual([{ model: server.spec, state: 'closed', failures: 0, untilMs: null, lastError: null }]);
  });

  it('holds back the calls of every attempt that shares the limiter', async () => {
    const server = await serve(once({ status: 429, retryAfterMs: 200 }));
    const limiter = createLimiter({ limits: { perModel: {} }, clock: systemClock });
    const [first, second] = await Promise.all(
      [1, 2].map((attempt) => rig({ spec: server.spec, limiter, scope: { ...scope, attempt } })),
    );
    const asked = first?.ask();
    await expect.poll(() => server.requests[0]?.endedMs ?? null).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await second?.ask()).toBe('Fine.');
    expect(await asked).toBe('Fine.');
    const refusedMs = server.requests[0]?.endedMs ?? 0;
    for (const { receivedMs } of server.requests.slice(1)) expect(receivedMs - refusedMs).toBeGreaterThanOrEqual(180);
  });

  it('by a date', async () => {
    const server = await serve(once({ status: 503, headers: { 'retry-after': new Date(Date.now() + 1500).toUTCString() } }));
    const { ask, pauses } = await rig({ spec: server.spec });
    expect(await ask()).toBe('Fine.');
    expect(pauses).toHaveLength(1);
  });

  it('for longer than ten minutes fails the call, and the message says until when', async () => {
    const server = await serve(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    const { ask, pauses, held } = await rig({ spec: server.spec });
    expect(await refusal(ask())).toMatchObject({
      code: 'model-unavailable',
      recovery: 'retry',
      message: expect.stringMatching(
        /asks to be left alone for 3600 s; a call waits 600 s at the most\. Resume the run after \d{4}-/,
      ),
    });
    expect(server.counts().requests).toBe(1);
    expect(pauses).toEqual([]);
    expect(held()).toBe(0);
  });

  it('is left by a caller that gives up, at once', async () => {
    const server = await serve(() => ({ status: 429, headers: { 'retry-after': '500' } }));
    const { metered, held } = await rig({ spec: server.spec });
    const stop = new AbortController();
    const asked = refusal(Promise.resolve(metered.doGenerate({ prompt: [], abortSignal: stop.signal })));
    await server.received(1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    stop.abort(new Error('enough'));
    expect(await asked).toMatchObject({ message: 'enough' });
    expect(held()).toBe(0);
  });
});

describe('the waits between tries', () => {
  it('are those of the clock that was given: 2 s and 4 s at the most where nothing is stated', async () => {
    const time = fakeClock();
    const server = await serve((_request, index) => (index < 2 ? { status: 500 } : 'Fine.'));
    const { ask } = await rig({ spec: server.spec, clock: time.clock, random: { next: () => 0.999_999 }, callTimeoutMs: 60_000 });
    const asked = ask();
    for (const waitMs of [2_000, 4_000]) {
      const requests = server.counts().requests + (waitMs === 2_000 ? 1 : 0);
      await expect.poll(() => server.requests[requests - 1]?.endedMs ?? null).not.toBeNull();
      await expect.poll(() => time.sleeping()).toBe(1);
      await time.advance(waitMs - 100);
      expect(server.counts().requests).toBe(requests);
      await time.advance(100);
      await server.received(requests + 1);
    }
    expect(await asked).toBe('Fine.');
  });

  it('last minutes when the provider says so', async () => {
    const time = fakeClock();
    const server = await serve(once({ status: 429, headers: { 'retry-after': '300' } }));
    const { ask, pauses } = await rig({ spec: server.spec, clock: time.clock, callTimeoutMs: 1_000 });
    const asked = ask();
    await expect.poll(() => pauses.length + time.sleeping()).toBe(2);
    expect(pauses).toEqual([{ model: server.spec, untilMs: time.clock.now() + 300_000 }]);
    await time.advance(299_999);
    expect(server.counts().requests).toBe(1);
    await time.advance(1);
    expect(await asked).toBe('Fine.');
  });
});

describe('time limits', () => {
  it('a server that says nothing, or a byte now and then, is left at the call’s limit', async () => {
    const replies: ScriptedReply[] = [{ hang: true }, { raw: [{ bytes: ' ', delayMs: 20 }], endless: true }];
    for (const reply of replies) {
      for (const streamed of [false, true]) {
        const server = await serve(() => reply);
        const { ask, askStreamed, held } = await rig({ spec: server.spec, callTimeoutMs: 150 });
        expect(await refusal(streamed ? askStreamed() : ask())).toMatchObject({
          code: 'model-timeout',
          message: expect.stringContaining('did not finish its answer within 150 ms'),
        });
        expect(held()).toBe(0);
        await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
      }
    }
  });

  it('a stream that falls silent is left at the idle limit, which starts with its first part', async () => {
    const server = await serve(() => ({
      text: [{ text: 'late ', delayMs: 150 }, 'then ', { text: 'nothing', delayMs: 60_000 }],
    }));
    const { askStreamed, held } = await rig({ spec: server.spec, idleTimeoutMs: 80 });
    expect(await refusal(askStreamed())).toMatchObject({
      code: 'model-timeout',
      message: `${server.spec} began its answer and then sent nothing for 80 ms (call run/a/1/1). Raise limits.idleTimeoutMs of the role, or use another server.`,
    });
    expect(held()).toBe(0);
    await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
  });

  it('a reader that takes its time is not taken for a silent server', async () => {
    const server = await serve(() => ({ text: ['one ', 'two ', 'three'] }));
    const { metered } = await rig({ spec: server.spec, idleTimeoutMs: 40 });
    const { stream } = await metered.doStream({ prompt: [] });
    let text = '';
    for await (const part of stream) {
      if (part.type === 'text-delta') text += part.delta;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(text).toBe('one two three');
  });

  it('an endless stream is cut off', async () => {
    const server = await serve(() => ({ raw: [textEvent('x'.repeat(256 * 1024))], endless: true }));
    const { askStreamed, held } = await rig({ spec: server.spec });
    expect(await refusal(askStreamed())).toMatchObject({ code: 'model-output-invalid' });
    expect(held()).toBe(0);
    await expect.poll(() => server.requests[0]?.abandoned).toBe(true);
  });
});

describe('the circuit of a model', () => {
  const fast = { failures: 3, cooldownMs: 120, maxCooldownMs: 400 };

  it('opens after failures in a row, is told to the others, and lets one probe through', async () => {
    let isDown = true;
    const server = await serve(() => (isDown ? { status: 500 } : { text: 'Fine.', latencyMs: 50 }));
    const circuits = createModelCircuits(fast);
    const first = await rig({ spec: server.spec, circuits });
    await refusal(first.ask());
    expect(circuits.list()).toMatchObject([{ model: server.spec, state: 'open', lastError: 'The script refuses with 500.' }]);
    await first.metered.drain();
    expect(first.pauses).toEqual([{ model: server.spec, untilMs: circuits.list()[0]?.untilMs }]);
    isDown = false;
    const others = await Promise.all(
      [1, 2, 3].map((attempt) => rig({ spec: server.spec, circuits, scope: { ...scope, attempt } })),
    );
    const waiting = others.map(({ ask }) => ask());
    await server.received(4);
    expect(circuits.list()[0]?.state).toBe('half-open');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.counts().requests).toBe(4);
    expect(await Promise.all(waiting)).toEqual(['Fine.', 'Fine.', 'Fine.']);
    expect(circuits.list()[0]?.state).toBe('closed');
  });

  it('without a stand-in, a call that cannot wait for the probe says when it will be tried again', async () => {
    const server = await serve(() => ({ status: 500, message: 'on fire' }));
    const circuits = createModelCircuits({ failures: 1 });
    const { ask, held } = await rig({ spec: server.spec, circuits, retries: 0, callTimeoutMs: 50 });
    await refusal(ask());
    expect(await refusal(ask())).toMatchObject({
      code: 'model-unavailable',
      recovery: 'retry',
      message: expect.stringMatching(
        /is not asked: .* within 50 ms\. The last error: on fire\. It will be tried again at \d{4}-.*Z\. /,
      ),
    });
    expect(server.counts().requests).toBe(1);
    expect(held()).toBe(0);
  });

  it('is not opened by refusals that only this caller gets', async () => {
    const server = await serve(() => ({ status: 401 }));
    const circuits = createModelCircuits({ failures: 1 });
    const { ask } = await rig({ spec: server.spec, circuits });
    await refusal(ask());
    expect(circuits.list()[0]?.state).toBe('closed');
  });
});

describe('a model that stands in', () => {
  it('answers the same step when the first fails for good, and the record has its name', async () => {
    const [broken, sound] = [await serve(() => ({ status: 500 })), await serve(() => 'From the other.')];
    const { ask, askStreamed, outcomes, held, store } = await rig({ spec: broken.spec, fallbacks: [sound.spec] });
    expect(await ask()).toBe('From the other.');
    expect(outcomes()).toEqual([...[1, 2, 3].map((failed) => `run/a/1/1#${failed} failed`), 'run/a/1/1 other succeeded']);
    expect(store.records().at(-1)?.name).toBe(sound.spec);
    expect(await askStreamed()).toBe('From the other.');
    expect(held()).toBe(0);
  });

  it('is asked at once while the circuit of the first is open; the first again when it is closed', async () => {
    let isDown = true;
    const first = await serve(() => (isDown ? { status: 500 } : 'From the first.'));
    const second = await serve(() => 'From the other.');
    const circuits = createModelCircuits({ failures: 3, cooldownMs: 100 });
    const { ask } = await rig({ spec: first.spec, fallbacks: [second.spec], circuits });
    expect(await ask()).toBe('From the other.');
    expect(await ask()).toBe('From the other.');
    expect(first.counts().requests).toBe(3);
    isDown = false;
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(await ask()).toBe('From the first.');
  });

  it.each<[string, ScriptedReply, number]>([
    ['a wrong key', { status: 401 }, 1],
    ['a hang', { hang: true }, 1],
    ['a wait of an hour', { status: 429, headers: { 'retry-after': '3600' } }, 1],
    ['a page', { raw: ['<html>'], contentType: 'text/html' }, 3],
  ])('answers after %s', async (_, reply, requests) => {
    const [broken, sound] = [await serve(() => reply), await serve(() => 'Fine.')];
    const { ask } = await rig({ spec: broken.spec, fallbacks: [sound.spec], callTimeoutMs: 200 });
    expect(await ask()).toBe('Fine.');
    expect(broken.counts().requests).toBe(requests);
  });

  it('is not asked when the request itself is refused', async () => {
    const [strict, other] = [await serve(() => ({ status: 400 })), await serve(() => 'x')];
    const { ask } = await rig({ spec: strict.spec, fallbacks: [other.spec] });
    expect(await refusal(ask())).toMatchObject({ code: 'model-failed' });
    expect(other.counts().requests).toBe(0);
  });

  it('is not asked when it cannot hold the prompt', async () => {
    const [broken, small] = [await serve(() => ({ status: 500 })), await serve(() => 'x')];
    const registry = createModelRegistry({ env: {}, contextTokens: { [small.spec]: 3 } });
    const { ask } = await rig({ spec: broken.spec, fallbackModels: [await registry.resolve(small.spec)] });
    expect(await refusal(ask())).toMatchObject({ code: 'model-failed' });
    expect(small.counts().requests).toBe(0);
  });

  it('that fails too is named, with the first', async () => {
    const [a, b] = [
      await serve(() => ({ status: 500, message: 'first' })),
      await serve(() => ({ status: 403, message: 'second' })),
    ];
    const { ask } = await rig({ spec: a.spec, fallbacks: [b.spec] });
    const { code, message } = await refusal(ask());
    expect(code).toBe('model-failed');
    expect(message).toContain(`${a.spec} failed with HTTP 500: first.`);
    expect(message).toContain(`${b.spec} was asked in its place: ${b.spec} failed with HTTP 403: second.`);
  });

  it('is replayed from the journal, whoever is first then', async () => {
    const [broken, sound] = [await serve(() => ({ status: 401 })), await serve(() => 'From the other.')];
    const { ask, options } = await rig({ spec: broken.spec, fallbacks: [sound.spec] });
    await ask();
    const again = meterModel(options);
    const request = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Say something.' }] }] };
    expect((await again.doGenerate(request)).content).toEqual([{ type: 'text', text: 'From the other.' }]);
    expect([broken.counts().requests, sound.counts().requests]).toEqual([1, 1]);
    await expect(meterModel(options).doGenerate({ prompt: [] })).rejects.toMatchObject({ code: 'replay-mismatch' });
    await expect(meterModel({ ...options, fallbackModels: [] }).doGenerate(request)).rejects.toMatchObject({
      code: 'replay-mismatch',
      message: expect.stringContaining('model changed'),
    });
  });
});

describe('an idempotency key', () => {
  const on = { OPENAI_COMPATIBLE_IDEMPOTENCY: 'on' };

  it('is the same for each try of a call, another for each call, and not sent unless it is wanted', async () => {
    const server = await serve((_request, index) => (index === 0 ? { status: 500 } : 'Fine.'));
    const { ask } = await rig({ spec: server.spec, env: on });
    await ask();
    await ask();
    const [first, second, third] = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(first).toMatch(/^planwright-[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    const quiet = await rig({ spec: server.spec });
    await quiet.ask();
    expect(server.requests.at(-1)?.headers['idempotency-key']).toBeUndefined();
  });

  it('makes a call that was answered before a crash, and not recorded, cost nothing twice', async () => {
    let scripted = 0;
    const script: ServerScript = () => `Answer ${(scripted += 1)}.`;
    const server = await serve(script, { idempotent: true });
    const { ask, options, store } = await rig({ spec: server.spec, env: on });
    const dying = { ...store, putCall: () => Promise.reject(new Error('the process died here')) };
    const request = { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Say something.' }] }] };
    await expect(meterModel({ ...options, store: dying }).doGenerate(request)).rejects.toThrow('died');
    const { completionTokens } = server.counts();
    expect(await ask()).toBe('Answer 1.');
    expect(server.counts()).toMatchObject({ requests: 2, completionTokens });
  });

  it('goes to OpenAI', async () => {
    const keys: unknown[] = [];
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    open.push({ close: () => new Promise((resolve) => server.close(() => resolve())) });
    const address = server.address();
    const OPENAI_BASE_URL = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/v1`;
    const { ask } = await rig({ spec: 'openai:gpt-5', env: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL } });
    await refusal(ask());
    expect(keys).toEqual([expect.stringMatching(/^planwright-/)]);
  });

  it('is switched on or off in no other words', async () => {
    await expect(
      createModelRegistry({ env: { OPENAI_COMPATIBLE_IDEMPOTENCY: 'maybe' } }).resolve('http://127.0.0.1:1/v1#m'),
    ).rejects.toMatchObject({ code: 'usage' });
    const model = await createModelRegistry({ env: {} }).resolve('https://api.openai.com/v1#gpt-5');
    expect(model.idempotent).toBe(true);
  });
});
