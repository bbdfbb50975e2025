/** Traces made to be slow or large: time and output stay bounded. */
import { diagnoseTrace, readTraces } from 'planwright';
import { expect, test } from 'vitest';

const many = (count: number, make: (at: number) => object): string =>
  JSON.stringify(Array.from({ length: count }, (_, at) => make(at)));

const hostile: Record<string, () => string> = {
  'the same message without end': () =>
    many(20_000, (at) => ({
      role: 'assistant',
      name: `a${at % 3}`,
      content: 'The very same message again without anything new in it, approved.',
    })),
  'the same call without end': () =>
    many(20_000, (at) =>
      at % 2 === 1
        ? { role: 'tool', tool_call_id: `c${at - 1}`, content: 'ok' }
        : { role: 'assistant', tool_calls: [{ id: `c${at}`, function: { name: 'x', arguments: `{"i":${at % 50}}` } }] },
    ),
  'two agents in a circle': () =>
    many(10_000, (at) => ({
      role: 'assistant',
      name: at % 2 === 0 ? 'coder' : 'reviewer',
      content: at % 2 === 0 ? `Version ${at % 4} is here with the change.` : 'Please fix the bug in it instead.',
    })),
  'questions and corrections': () =>
    many(10_000, (at) => ({
      role: at % 2 === 0 ? 'assistant' : 'user',
      content: at % 2 === 0 ? `Could you please tell me the number of order ${at % 7}?` : `Change it from A${at} to B${at}.`,
    })),
  'complaints and denials': () =>
    many(10_000, (at) => ({
      role: 'assistant',
      name: at % 2 === 0 ? 'desk' : 'critic',
      content:
        at % 2 === 0
          ? `Could you tell me which one? No refund has been made. I did not check it. Use ${at}, not ${at + 1}.`
          : 'I already told you, see my note above; please stop. You already have it.',
      tool_calls: at % 5 === 0 ? [{ id: `c${at}`, function: { name: 'refund_order', arguments: '{}' } }] : undefined,
    })),
  digits: () => many(200, () => ({ role: 'assistant', content: '9,'.repeat(20_000) })),
  separators: () => many(100, () => ({ role: 'assistant', content: 'a-b.c/d_e@f1,'.repeat(20_000) })),
  'fences and lists': () => many(100, () => ({ role: 'assistant', content: '```\n1. a\n'.repeat(20_000) })),
};

test.each(Object.entries(hostile))('%s', (_name, make) => {
  const text = make();
  // Processor time, not the clock of a machine that others use too.
  const before = process.cpuUsage();
  const [trace] = readTraces(text);
  const diagnosis = trace === undefined ? null : diagnoseTrace(trace);
  const { user, system } = process.cpuUsage(before);
  expect(JSON.stringify(diagnosis).length).toBeLessThan(100_000);
  expect((user + system) / 1e6).toBeLessThan(10);
});

function timeOf(count: number): number {
  const [trace] = readTraces(
    many(count, (at) => ({
      role: 'assistant',
      name: `a${at % 3}`,
      content: `Message ${at} says that item ${at * 7} is worth ${at * 3}, and asks for more of it.`,
    })),
  );
  const before = process.cpuUsage();
  if (trace !== undefined) diagnoseTrace(trace);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

test('four times the steps take about four times the time', () => {
  timeOf(1000);
  const few = timeOf(2500);
  // Quadratic: 16 times.
  expect(timeOf(10_000) / few).toBeLessThan(9);
});
