import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { LlmCompilerReader } from './llmcompiler.ts';
import { type StreamedArrival, streamPlanSteps } from './stream-steps.ts';

const text = '1. search("a")\nThought: Both.\n2. search("b", ["$1"]\n3. math("${1} + $2")\n4. join()<END_OF_PLAN>';

test('a step arrives with the end of its line, and not before', () => {
  const reader = new LlmCompilerReader();
  const arrived = Array.from(text, (character) =>
    reader.push(character).map((one) => (one.kind === 'step' ? one.step.id : one.kind)),
  );
  const lineEnds = [...text.matchAll(/\n/g)].map(({ index }) => index);
  expect(arrived.flatMap((ids, at) => ids.map((id) => [id, at]))).toEqual([
    ['1', lineEnds[0]],
    ['2', lineEnds[2]],
    ['3', lineEnds[3]],
  ]);
  expect(reader.end()).toEqual([{ kind: 'joined' }]);
  expect([reader.hasJoined, reader.problems()]).toEqual([true, []]);
});

test('where the text is cut changes nothing', () => {
  const whole = new LlmCompilerReader();
  whole.push(text);
  whole.end();
  fc.assert(
    fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 20 }), (cuts) => {
      const reader = new LlmCompilerReader();
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      for (const [at, from] of places.entries()) reader.push(text.slice(from, places[at + 1]));
      reader.end();
      expect(reader.steps).toEqual(whole.steps);
    }),
    { seed: 3, numRuns: 300 },
  );
});

async function collect(chunks: string[]): Promise<StreamedArrival[]> {
  const arrivals: StreamedArrival[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const arrival of streamPlanSteps(source)) arrivals.push(arrival);
  return arrivals;
}

test('a stream gives steps, problems and the joiner in their order', async () => {
  const arrivals = await collect(['1. a()\n2. b(', '$2)\n2. c()\n3', '. join()']);
  expect(
    arrivals.map((one) => (one.kind === 'step' ? one.step.id : one.kind === 'problem' ? one.problem.code : one.kind)),
  ).toEqual(['1', '2', 'self-reference', 'duplicate-id', 'joined']);
});

test('a text that goes on with a plan may refer to its steps, and does not number them again', () => {
  const reader = new LlmCompilerReader({ earlier: ['1', '2', '5'] });
  reader.push('5. a()\n6. b($2, $5)\n7. c($3)\n');
  expect(reader.steps.map(({ id, references }) => [id, references])).toEqual([
    ['6', ['2', '5']],
    ['7', []],
  ]);
  expect(reader.problems().map(({ code, line }) => `${line} ${code}`)).toEqual(['1 duplicate-id', '3 unknown-reference']);
});

test('a line without an end is not held back for ever', async () => {
  const chunk = `1. a("${'x'.repeat(600_000)}`;
  const arrivals = await collect([chunk, chunk, chunk]);
  expect(arrivals).toEqual([
    {
      kind: 'problem',
      problem: { code: 'too-large', message: 'This line has more than 1000000 characters.', line: 1, column: 1 },
    },
  ]);
});

test('a text without an end is read to its limit', async () => {
  const arrivals = await collect(Array.from({ length: 60 }, () => `${' '.repeat(99_999)}\n`));
  expect(arrivals.map((one) => one.kind === 'problem' && one.problem.code)).toEqual(['too-large']);
});
