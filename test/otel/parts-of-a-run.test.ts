/** What belongs to no attempt: the gate, synthesis, judges' calls, checks of the deliverable; and what is loaded for it all. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { defineTeam, defineTool, type Gate, MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { planText, playModel, step } from '../support/small-team.ts';
import { drawSpans, findFaults, sumOf } from '../support/span-tree.ts';

const addition = defineTool({
  name: 'add',
  description: 'Adds.',
  effect: 'read',
  input: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});
const callsAdd = { toolCalls: [{ name: 'add', input: { a: 2, b: 2 } }] };
const accepts = JSON.stringify({ verdict: 'accept', defects: [], tried: [{ tool: 'add', what: '2 + 2', seen: '4' }] });
const gate: Gate = { decide: (input) => Promise.resolve({ strategy: 'team', reasons: ['It was asked for.'], input }) };

test('gate, synthesis, a critic’s calls and the deliverable’s check have their places', async () => {
  await using receiver = await startOtlpReceiver();
  const team = defineTeam({
    name: 'judged',
    roles: {
      worker: { description: 'Works.', instructions: 'You are the worker.', accept: [{ kind: 'critic' }] },
      critic: { description: 'Doubts.', instructions: 'You are the critic.', tools: ['add'] },
      writer: { description: 'Writes.', instructions: 'You are the writer.' },
    },
    accept: [{ kind: 'predicate', contains: 'whole' }],
    limits: { retries: 0, reroutes: 0, replans: 0 },
  });
  const model = playModel(
    (call) => {
      if (call.schema === 'plan') return planText(step('b', 'writer'), step('c', 'worker', ['b']), step('d', 'writer', ['b']));
      if (call.role === 'critic') return call.text.includes('tool-result') ? accepts : callsAdd;
      return 'the whole answer';
    },
    { latencyMs: 3 },
  );
  const store = new MemoryStore();
  const telemetry = { endpoint: receiver.url };
  const result = await runTask({ task: 't', team, model, gate, tools: [addition], store, telemetry });
  expect(result.status).toBe('succeeded');
  const spans = receiver.spans();
  expect(findFaults(spans)).toEqual([]);
  expect(sumOf(spans, 'gen_ai.usage.input_tokens')).toBe(result.ledger.inputTokens);
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const placesOf = (purpose: string) =>
    spans
      .filter(({ attributes }) => attributes['planwright.call.purpose'] === purpose)
      .map(({ name, parentSpanId }) => `${byId.get(parentSpanId)?.name} > ${name}`);
  expect(placesOf('plan')).toEqual(['plan planner > chat custom:model']);
  expect(placesOf('verify')).toEqual(['verify > chat custom:model', 'verify > execute_tool add', 'verify > chat custom:model']);
  expect(placesOf('synthesize')).toEqual(['synthesize > chat custom:model']);
  const names = drawSpans(spans);
  expect(names[1]).toBe('  gate');
  expect(names.at(-1)).toBe('  verify deliverable');
  expect(spans.find(({ name }) => name === 'gate')?.attributes['planwright.run.strategy']).toBe('team');
  expect(spans.find(({ name }) => name === 'verify')?.attributes).toMatchObject({
    'planwright.verdict': 'accepted',
    'planwright.verdict.checks': ['critic'],
    'planwright.subtask.id': 'c',
  });
});

test('OpenTelemetry’s packages are loaded when a run sends spans, and not before', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const asked = new Set();
    registerHooks({ resolve(specifier, context, next) {
      if (specifier.startsWith('@opentelemetry/sdk') || specifier.startsWith('@opentelemetry/exporter')) asked.add(specifier);
      return next(specifier, context);
    } });
    const { MemoryStore, runTask } = await import('planwright');
    const run = { task: 'What is 6 times 7?', strategy: 'single' };
    await runTask({ ...run, store: new MemoryStore() });
    const before = [...asked];
    await runTask({ ...run, store: new MemoryStore(), telemetry: { endpoint: 'http://127.0.0.1:9', flushMs: 1, onProblem: () => {} } });
    console.log(JSON.stringify({ before, after: asked.size > 0 }));
    process.exit();
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=planwright:source', '--input-type=module', '--eval', script],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  expect(JSON.parse(stdout)).toEqual({ before: [], after: true });
});
