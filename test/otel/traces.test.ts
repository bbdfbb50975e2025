/** Traces of whole runs, as a real receiver of OTLP takes them. */
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { defineTeam, defineTool, exportTrace, MemoryStore, resumeRun, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';
import { planText, playModel, smallTeam, step } from '../support/small-team.ts';
import { drawSpans, findFaults, sumOf } from '../support/span-tree.ts';

const lookTool = defineTool({
  name: 'look',
  description: 'Looks.',
  effect: 'read',
  input: z.object({ at: z.string() }),
  execute: ({ at }) => {
    if (at === 'nothing') throw new Error('a secret place is not there');
    return `a secret view of ${at}`;
  },
});

const isFirstStep = (text: string): boolean => !text.includes('view of') && !text.includes('is not there');

/** Starts and ends that differ by less than the journal's millisecond would have no order. */
const slow = { latencyMs: 3 };

/** A team in a team; the finder looks before it answers. */
const inner = {
  name: 'inner',
  roles: {
    finder: { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'] },
    keeper: { description: 'Keeps.', instructions: 'You are the keeper.' },
  },
  limits: { replans: 0 },
};
const outer = defineTeam({
  name: 'outer',
  roles: {
    crew: { description: 'A crew.', team: inner },
    writer: { description: 'Writes.', instructions: 'You are the writer.' },
  },
  limits: { replans: 0 },
});

const crewModel = () =>
  playModel((call) => {
    if (call.schema === 'plan') {
      return call.text.includes('- crew:')
        ? planText(step('gather', 'crew'), step('write', 'writer', ['gather']))
        : planText(step('find', 'finder'), step('sum', 'keeper', ['find']));
    }
    if (call.role === 'finder' && isFirstStep(call.text)) return { toolCalls: [{ name: 'look', input: { at: 'the harbor' } }] };
    return `a secret answer of the ${call.role}`;
  }, slow);

test('the tree of spans is the tree of the run, sub-teams and tools included', async () => {
  await using receiver = await startOtlpReceiver();
  const result = await runTask({
    task: 'the secret task',
    team: outer,
    tools: [lookTool],
    model: crewModel(),
    strategy: 'team',
    store: new MemoryStore(),
    telemetry: { endpoint: receiver.url },
  });
  expect(result.status).toBe('succeeded');
  const spans = receiver.spans();
  expect(findFaults(spans)).toEqual([]);
  expect(drawSpans(spans)).toEqual([
    'invoke_workflow outer',
    '  plan planner',
    '    chat custom:model',
    '  invoke_agent crew',
    '    invoke_workflow inner',
    '      plan planner',
    '        chat custom:model',
    '      invoke_agent finder',
    '        chat custom:model',
    '        execute_tool look',
    '        chat custom:model',
    '      invoke_agent keeper',
    '        chat custom:model',
    '  invoke_agent writer',
    '    chat custom:model',
  ]);
  expect(sumOf(spans, 'gen_ai.usage.input_tokens')).toBe(result.ledger.inputTokens);
  expect(sumOf(spans, 'gen_ai.usage.output_tokens')).toBe(result.ledger.outputTokens);
  expect(spans.filter(({ name }) => name.startsWith('chat'))).toHaveLength(result.ledger.calls);
  expect(spans.every(({ status }) => status.code === 'unset')).toBe(true);
  const root = spans.find(({ parentSpanId }) => parentSpanId === '');
  expect(root).toMatchObject({
    resource: { 'service.name': 'planwright' },
    scope: { name: 'planwright' },
    attributes: {
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.agent.name': 'outer',
      'planwright.run.id': result.runId,
      'planwright.run.status': 'succeeded',
      'planwright.run.strategy': 'team',
    },
  });
  expect(spans.find(({ name }) => name === 'execute_tool look')?.attributes).toMatchObject({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'look',
    'planwright.subtask.id': 'find',
    'planwright.attempt': 1,
  });
});

const runWith = async (captureContent: boolean) => {
  await using receiver = await startOtlpReceiver();
  await runTask({
    task: 'the secret task',
    team: outer,
    tools: [lookTool],
    model: crewModel(),
    strategy: 'team',
    store: new MemoryStore(),
    telemetry: { endpoint: receiver.url, captureContent },
  });
  return { payload: receiver.payload(), spans: receiver.spans() };
};

test('without the switch nothing that anyone wrote is sent; with it, it is', async () => {
  const without = await runWith(false);
  for (const text of ['secret', 'the harbor', 'You are the', 'do gather', 'do find']) expect(without.payload).not.toContain(text);
  const { spans } = await runWith(true);
  const find = (name: string) => spans.find((span) => span.name === name)?.attributes ?? {};
  expect(find('invoke_workflow outer')['gen_ai.input.messages']).toContain('the secret task');
  expect(find('invoke_workflow outer')['gen_ai.output.messages']).toContain('a secret answer of the writer');
  expect(JSON.parse(String(find('invoke_agent writer')['gen_ai.system_instructions']))).toEqual([
    { type: 'text', content: 'You are the writer.\n\nTask: the secret task' },
  ]);
  expect(find('invoke_agent writer')['gen_ai.input.messages']).toContain('a secret answer of the keeper');
  expect(find('execute_tool look')).toMatchObject({
    'gen_ai.tool.call.arguments': '{"at":"the harbor"}',
    'gen_ai.tool.call.result': '"a secret view of the harbor"',
  });
  const answers = spans
    .filter(({ name }) => name.startsWith('chat'))
    .map(({ attributes }) => attributes['gen_ai.output.messages']);
  expect(answers.every((answer) => typeof answer === 'string')).toBe(true);
});

test('a team’s redaction holds for content', async () => {
  await using receiver = await startOtlpReceiver();
  await runTask({
    task: 'Write to ada@example.org about it.',
    team: smallTeam,
    model: playModel((call) => (call.schema === 'plan' ? planText(step('a')) : 'I wrote to bob@example.org.')),
    strategy: 'team',
    redact: { patterns: ['email'] },
    store: new MemoryStore(),
    telemetry: { endpoint: receiver.url, captureContent: true },
  });
  expect(findFaults(receiver.spans())).toEqual([]);
  expect(receiver.payload()).toContain('I wrote to');
  expect(receiver.payload()).not.toContain('example.org');
});

test('retries, refusals, failures and a replan have spans with their errors', async () => {
  await using receiver = await startOtlpReceiver();
  const team = defineTeam({
    name: 'strict',
    roles: {
      finder: { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'] },
      writer: { description: 'Writes.', instructions: 'You are the writer.' },
    },
    limits: { retries: 1, reroutes: 0, replans: 1 },
  });
  const model = playModel((call) => {
    if (call.schema === 'plan') {
      return JSON.stringify({
        subtasks: [
          { ...step('first', 'finder'), accept: [{ kind: 'predicate', contains: 'proof' }] },
          step('last', 'writer', ['first']),
        ],
        deliverable: 'last',
      });
    }
    if (call.schema === 'revision') return planText(step('other', 'writer'), step('end', 'writer', ['other']));
    if (call.role === 'finder' && isFirstStep(call.text)) return { toolCalls: [{ name: 'look', input: { at: 'nothing' } }] };
    if (call.role === 'finder') return 'no such word';
    return 'an answer';
  }, slow);
  const result = await runTask({
    task: 't',
    team,
    tools: [lookTool],
    model,
    strategy: 'team',
    store: new MemoryStore(),
    telemetry: { endpoint: receiver.url },
  });
  const spans = receiver.spans();
  expect(findFaults(spans)).toEqual([]);
  const told = drawSpans(spans, ({ name, attributes, status }) =>
    [name, attributes['planwright.verdict'], attributes['error.type'], status.code === 'error' ? 'error' : undefined]
      .filter((part) => part !== undefined)
      .join(' '),
  );
  expect(told).toEqual([
    'invoke_workflow strict',
    '  plan planner',
    '    chat custom:model',
    '  invoke_agent finder',
    '    chat custom:model',
    '    execute_tool look error error',
    '    chat custom:model',
    '  verify rejected',
    '  invoke_agent finder',
    '    chat custom:model',
    '    execute_tool look error error',
    '    chat custom:model',
    '  verify rejected',
    '  replan',
    '    chat custom:model',
    '  invoke_agent writer',
    '    chat custom:model',
    '  invoke_agent writer',
    '    chat custom:model',
  ]);
  expect(result.status).toBe('succeeded');
  expect(receiver.payload()).not.toContain('secret place');
  expect(spans.find(({ name }) => name === 'replan')?.attributes).toMatchObject({
    'planwright.replan.cause': 'subtask-failed',
    'planwright.replan.epoch': 1,
  });
});

test('a run that fails is an error, with its reason as the error’s class', async () => {
  await using receiver = await startOtlpReceiver();
  const team = defineTeam({ ...smallTeamLimits, limits: { retries: 0, reroutes: 0, replans: 0 } });
  const result = await runTask({
    task: 't',
    team,
    model: playModel((call) => {
      if (call.schema === 'plan') return planText(step('a'), step('b', 'finder', ['a']));
      throw new Error('the provider is a secret');
    }),
    strategy: 'team',
    store: new MemoryStore(),
    telemetry: { endpoint: receiver.url },
  });
  expect(result.status).toBe('failed');
  const spans = receiver.spans();
  expect(findFaults(spans)).toEqual([]);
  expect(receiver.payload()).not.toContain('secret');
  const of = (name: string) => spans.find((span) => span.name === name);
  expect(of('invoke_workflow small')).toMatchObject({
    status: { code: 'error', message: '' },
    attributes: { 'error.type': 'failed-subtasks', 'planwright.run.status': 'failed' },
  });
  expect(of('invoke_agent finder')).toMatchObject({
    status: { code: 'error' },
    attributes: { 'error.type': 'model-failed', 'planwright.attempt.outcome': 'failed' },
  });
});

const smallTeamLimits = { name: 'small', roles: { finder: { description: 'Finds.', instructions: 'You are the finder.' } } };

test('a run that is resumed goes on in the same trace, and nothing is sent twice', async () => {
  await using receiver = await startOtlpReceiver();
  const store = new MemoryStore();
  const interruption = new AbortController();
  const telemetry = { endpoint: receiver.url };
  const model = playModel(async (call) => {
    if (call.schema === 'plan') return planText(step('a'), step('b', 'finder', ['a']), step('c', 'finder', ['b']));
    if (call.text.includes('do b') && !interruption.signal.aborted) {
      setTimeout(() => interruption.abort(), 1);
      return { text: 'late', latencyMs: 10_000 };
    }
    return 'done';
  });
  const first = await runTask({
    task: 't',
    team: smallTeam,
    model,
    strategy: 'team',
    store,
    signal: interruption.signal,
    telemetry,
  });
  expect(first.status).toBe('interrupted');
  const before = receiver.spans();
  expect(before.map(({ name }) => name).toSorted()).toEqual([
    'chat custom:model',
    'chat custom:model',
    'chat custom:model',
    'invoke_agent finder',
    'plan planner',
  ]);
  const result = await resumeRun({ runId: first.runId, store, model, telemetry });
  expect(result.status).toBe('succeeded');
  const spans = receiver.spans();
  expect(findFaults(spans)).toEqual([]);
  expect(sumOf(spans, 'gen_ai.usage.output_tokens')).toBe(result.ledger.outputTokens);
  expect(
    drawSpans(spans, ({ name, attributes }) => `${name} ${String(attributes['planwright.call.outcome'] ?? '')}`.trim()),
  ).toEqual([
    'invoke_workflow small',
    '  plan planner',
    '    chat custom:model succeeded',
    '  invoke_agent finder',
    '    chat custom:model succeeded',
    '  invoke_agent finder',
    '    chat custom:model aborted',
    '    chat custom:model succeeded',
    '  invoke_agent finder',
    '    chat custom:model succeeded',
  ]);
  const root = spans.find(({ parentSpanId }) => parentSpanId === '');
  expect(root?.events.map(({ name }) => name)).toEqual(['run-resumed']);

  await using later = await startOtlpReceiver();
  const exported = await exportTrace(store, first.runId, { endpoint: later.url });
  expect(exported).toEqual({ traceId: root?.traceId, spans: spans.length, lost: 0 });
  expect(byId(later.spans())).toEqual(byId(spans));
});

const byId = (spans: ReturnType<Awaited<ReturnType<typeof startOtlpReceiver>>['spans']>) =>
  spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));

const runAt = async (endpoint: string, flushMs?: number) => {
  const problems: string[] = [];
  const began = performance.now();
  const result = await runTask({
    task: 't',
    team: smallTeam,
    model: playModel((call) => (call.schema === 'plan' ? planText(step('a'), step('b', 'finder', ['a'])) : 'done')),
    strategy: 'team',
    store: new MemoryStore(),
    telemetry: {
      endpoint,
      onProblem: (message) => problems.push(message),
      ...(flushMs === undefined ? {} : { flushMs }),
    },
  });
  return { result, problems, tookMs: performance.now() - began };
};

test('a receiver that is not there, refuses or never answers neither fails nor holds up a run, and is told once', async () => {
  const gone = await startOtlpReceiver();
  await gone[Symbol.asyncDispose]();
  await using refusing = await startOtlpReceiver({ status: 400 });
  await using hanging = await startOtlpReceiver({ hangs: true });
  for (const { url } of [gone, refusing, hanging]) {
    const { result, problems, tookMs } = await runAt(url, 400);
    expect(result.status).toBe('succeeded');
    expect(problems).toEqual([expect.stringContaining('Traces are not whole')]);
    expect(tookMs).toBeLessThan(3_000);
  }
  expect(hanging.requests()).toBe(1);
});

test('an exporter of one’s own gets the spans, and is left open', async () => {
  const exporter = new InMemorySpanExporter();
  const options = { team: smallTeam, strategy: 'team' as const, store: new MemoryStore(), telemetry: { exporter } };
  const model = playModel((call) => (call.schema === 'plan' ? planText(step('a'), step('b', 'finder', ['a'])) : 'done'));
  await runTask({ ...options, task: 't', model });
  const before = exporter.getFinishedSpans().length;
  expect(before).toBe(7);
  await runTask({ ...options, task: 'u', model });
  expect(exporter.getFinishedSpans()).toHaveLength(2 * before);
});

test('an address that is none is an error of use', async () => {
  await expect(runAt('localhost:4318')).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('OTLP') });
});
