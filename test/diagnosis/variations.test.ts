/** Failures and look-alikes that are worded otherwise than the shipped examples: detectors read structure. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectModes, readTraces, type Trace } from 'planwright';
import { describe, expect, test } from 'vitest';
import { faultyTraces } from './faulty-traces.ts';
import { healthyTraces } from './healthy-traces.ts';

function read(value: object): Trace {
  const [trace] = readTraces(JSON.stringify(value));
  if (trace === undefined) throw new Error('No trace.');
  return trace;
}

/** One a line: `{ modes, trace }`. */
const furtherTraces = readFileSync(join(import.meta.dirname, 'further-traces.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line, at) => {
    const { modes, trace }: { modes: string[]; trace: object } = JSON.parse(line);
    return [at + 1, modes, trace] as const;
  });

describe('what is faulty is found, and nothing else in it', () => {
  test.each(faultyTraces.map((one) => [one.mode, one.name, one.trace] as const))('%s: %s', (mode, _name, value) => {
    const trace = read(value);
    const findings = detectModes(trace);
    expect([...new Set(findings.map((finding) => finding.mode))]).toEqual([mode]);
    const steps = new Map(trace.steps.map((step) => [step.number, step]));
    for (const { agent, step, confidence, evidence } of findings) {
      expect(steps.get(step ?? -1)).toMatchObject({ kind: 'message', agent });
      expect(confidence).toBeGreaterThanOrEqual(0.5);
      expect(evidence).toMatch(/“.+”|limit|steps? \d/);
    }
  });
});

test.each(healthyTraces.map((one) => [one.near, one.name, one.trace] as const))(
  'healthy, though near %s: %s',
  (_near, _name, value) => {
    expect(detectModes(read(value))).toEqual([]);
  },
);

test.each(furtherTraces)('further-traces.jsonl:%i has %j', (_line, modes, value) => {
  expect([...new Set(detectModes(read(value)).map(({ mode }) => mode))].toSorted()).toEqual(modes);
});
