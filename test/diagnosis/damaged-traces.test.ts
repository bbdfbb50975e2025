/** Traces that were damaged at random: each is diagnosed or refused with its place, none crashes. */
import { readFileSync } from 'node:fs';
import { diagnoseTrace, type Json, PlanwrightError, type Random, readTraces, seededRandom } from 'planwright';
import { expect, test } from 'vitest';
import { healthyTraces } from './healthy-traces.ts';

const odd: readonly Json[] = [
  null,
  '',
  0,
  -1,
  1e300,
  true,
  [],
  {},
  [null],
  { role: 7 },
  '\u0000\uD800',
  'constructor',
  '__proto__',
  ['x', { type: 'text' }],
  { function: null },
];

function damage(value: Json, random: Random, chance: number): Json {
  if (random.next() < chance) return odd[Math.floor(random.next() * odd.length)] ?? null;
  if (Array.isArray(value)) return value.map((item) => damage(item, random, chance));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, damage(item, random, chance)]));
}

test('600 damaged traces', () => {
  const random = seededRandom(11);
  const lines = readFileSync(new URL('further-traces.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const sources: Json[] = [
    ...lines.map((line) => JSON.parse(line).trace),
    ...healthyTraces.map(({ trace }) => JSON.parse(JSON.stringify(trace))),
  ];
  const seen = { diagnosed: 0, refused: 0 };
  for (let at = 0; at < 600; at += 1) {
    const text = JSON.stringify(damage(sources[at % sources.length] ?? null, random, at % 3 === 0 ? 0.15 : 0.02));
    try {
      for (const trace of readTraces(text, { file: 'f.json' })) {
        const { findings } = diagnoseTrace(trace);
        expect(findings.every(({ evidence, confidence }) => evidence !== '' && confidence > 0 && confidence <= 1)).toBe(true);
        seen.diagnosed += 1;
      }
    } catch (thrown) {
      if (!(thrown instanceof PlanwrightError) || !thrown.message.startsWith('f.json')) throw thrown;
      seen.refused += 1;
    }
  }
  expect(seen.diagnosed).toBeGreaterThan(100);
  expect(seen.refused).toBeGreaterThan(100);
});

test('texts that end anywhere', () => {
  const whole = JSON.stringify({ messages: healthyTraces[0]?.trace });
  for (let end = 0; end < whole.length; end += 7) {
    expect(() => readTraces(whole.slice(0, end), { file: 'f.json' })).toThrow(PlanwrightError);
  }
});
