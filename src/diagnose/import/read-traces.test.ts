import { describe, expect, test } from 'vitest';
import { PlanwrightError } from '../../errors.ts';
import type { Trace } from '../trace.ts';
import { readTraces } from './read-traces.ts';

const read = (value: unknown, file = 'a.json'): Trace[] =>
  readTraces(typeof value === 'string' ? value : JSON.stringify(value), { file });

function problemOf(text: string): PlanwrightError {
  try {
    readTraces(text, { file: 'f.jsonl' });
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown;
    throw thrown;
  }
  throw new Error('It was read.');
}

const hello = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello' },
];

describe('layouts are told apart by their shape', () => {
  test('a list of messages with calls and results', () => {
    const [trace] = read([
      { role: 'system', content: 'Be short.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Weather' },
          { type: 'image_url', image_url: {} },
          { type: 'text', text: 'in Oslo?' },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"unit":"C", "city":"Oslo"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'Error: no such city' },
      { role: 'assistant', content: 'Unknown.', function_call: { name: 'old', arguments: 'x' } },
      { role: 'function', name: 'old', content: '4' },
    ]);
    expect(trace).toMatchObject({
      id: 'a.json',
      layout: 'messages',
      task: 'Weather\n[image_url]\nin Oslo?',
      outcome: 'unknown',
      tools: null,
    });
    expect(trace?.steps.map(({ number, kind, agent }) => `${number} ${kind} ${agent}`)).toEqual([
      '0 instruction system',
      '1 request user',
      '2 message assistant',
      '3 result weather',
      '4 message assistant',
      '5 result old',
    ]);
    expect(trace?.steps[2]?.calls).toEqual([{ id: 'c1', tool: 'weather', input: '{"city":"Oslo","unit":"C"}' }]);
    expect(trace?.steps[3]?.result).toEqual({ tool: 'weather', callId: 'c1', failed: true });
    expect(trace?.agents.get('assistant')?.instructions).toBe('Be short.');
  });

  test('messages with agents, tools and an ending', () => {
    const [trace] = read({
      id: 'run-1',
      messages: hello,
      tools: [{ type: 'function', function: { name: 'x' } }, 'y'],
      agents: [{ name: 'bot', instructions: 'I', tools: ['x'] }],
      stop_reason: 'max_turns',
      success: false,
    });
    expect(trace).toMatchObject({
      id: 'run-1',
      tools: ['x', 'y'],
      outcome: 'failed',
      ending: { kind: 'limit', detail: 'stop_reason: max_turns' },
    });
    expect(trace?.agents.get('bot')).toEqual({ instructions: 'I', tools: ['x'] });
  });

  test('AgentRx: steps count as it counts, its reward is the outcome', () => {
    const [trace] = read({
      task_id: 3,
      trial: 1,
      reward: 0,
      info: { task: { instruction: 'Return it.' } },
      traj: hello.map((message, at) => ({ ...message, index: at + 1 })),
    });
    expect(trace).toMatchObject({ id: '3-1', layout: 'agentrx', task: 'Return it.', outcome: 'failed' });
    expect(trace?.steps.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('Who&When: both halves of the data set', () => {
    const [made, written] = read(
      [
        {
          question: 'How many?',
          question_ID: 'q1',
          is_correct: false,
          mistake_agent: 'Expert',
          mistake_step: '2',
          system_prompt: { Expert: 'You count.' },
          history: [
            { role: 'assistant', name: 'Expert', content: 'Two.' },
            { role: 'user', name: 'Computer_terminal', content: 'exitcode: 1 (execution failed)' },
          ],
        },
        {
          question: 'Where?',
          history: [
            { role: 'human', content: 'Where?' },
            { role: 'Orchestrator (thought)', content: 'I plan.' },
            { role: 'Orchestrator (-> WebSurfer)', content: 'Search.' },
            { role: 'WebSurfer', content: 'Found.' },
          ],
        },
      ]
        .map((row) => JSON.stringify(row))
        .join('\n'),
    );
    expect(made).toMatchObject({
      id: 'q1',
      layout: 'who-and-when',
      outcome: 'failed',
      known: { agent: 'Expert', step: 2 },
      task: 'How many?',
    });
    expect(made?.steps[1]).toMatchObject({ kind: 'result', result: { failed: true } });
    expect(made?.agents.get('Expert')?.instructions).toBe('You count.');
    expect(written?.id).toBe('a.json#2');
    expect(written?.steps.map(({ kind, agent, to }) => [kind, agent, to])).toEqual([
      ['request', 'human', null],
      ['message', 'Orchestrator', null],
      ['message', 'Orchestrator', 'WebSurfer'],
      ['message', 'WebSurfer', null],
    ]);
  });

  test('a list of traces, and messages one a line', () => {
    expect(read([{ messages: hello }, { id: 'b', messages: hello }]).map(({ id }) => id)).toEqual(['a.json#1', 'b']);
    const [lines] = read(`\uFEFF${hello.map((message) => JSON.stringify(message)).join('\r\n')}\n\n`);
    expect(lines).toMatchObject({ id: 'a.json', steps: [{ agent: 'user' }, { agent: 'assistant' }] });
  });

  test('the same id twice is told apart by its place', () => {
    expect(
      read([
        { id: 'x', messages: hello },
        { id: 'x', messages: hello },
      ]).map(({ id }) => id),
    ).toEqual(['x', 'a.json#2']);
  });
});

describe('what is no trace is located', () => {
  test.each<[string, RegExp]>([
    ['', /^f\.jsonl: the file is empty\.$/],
    ['[]', /^f\.jsonl: the list holds no trace\.$/],
    ['{"a":1,"b":2}', /^f\.jsonl: an object with the keys "a", "b" is no trace of a known layout\. Known are a list of messages/],
    ['7', /^f\.jsonl: 7 is no trace/],
    ['{"messages": [', /^f\.jsonl.*: not valid JSON/],
    [`${JSON.stringify({ messages: hello })}\n{"messages":`, /^f\.jsonl:2: not valid JSON/],
    [
      JSON.stringify({ messages: [{ role: 'user', content: 'a' }, { content: 'b' }] }),
      /^f\.jsonl messages\.1\.role: a message has a role\.$/,
    ],
    [JSON.stringify({ history: [{ content: 'b' }] }), /^f\.jsonl history\.0: a step of a history has a role or a name\.$/],
    [JSON.stringify([{ messages: hello }, { traj: [] }]), /^f\.jsonl \[1\]: the trace "f\.jsonl#2" has no steps\.$/],
  ])('%s', (text, message) => {
    expect(problemOf(text)).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });
});

describe('hostile files', () => {
  test('are bounded in depth', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const [trace] = read(
      `[{"role":"user","content":${deep}},{"role":"assistant","tool_calls":[{"function":{"name":"x","arguments":{"a":${deep}}}}]}]`,
    );
    expect(trace?.steps[1]?.calls[0]?.input.length).toBeLessThan(200);
  });

  test('long texts are cut and stay different', () => {
    const [trace] = read([
      { role: 'user', content: 'a'.repeat(1_000_000) },
      { role: 'user', content: 'a'.repeat(1_000_001) },
    ]);
    expect(trace?.steps[0]?.text.length).toBeLessThan(21_000);
    expect(trace?.steps[0]?.text).not.toBe(trace?.steps[1]?.text);
  });

  test('too many steps are refused', () => {
    const many = JSON.stringify(Array.from({ length: 100_001 }, () => ({ role: 'user', content: '' })));
    expect(problemOf(many).message).toBe('f.jsonl: the trace "f.jsonl" has 100,001 steps; at most 100,000 are read.');
  });
});
