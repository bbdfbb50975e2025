import { expect, test } from 'vitest';
import { findDecisiveStep } from './decisive-step.ts';
import type { Finding } from './finding.ts';

const found = (mode: Finding['mode'], step: number | undefined, confidence: number): Finding => ({
  mode,
  ...(step === undefined ? {} : { step, agent: `agent-${step}` }),
  confidence,
  method: 'detector',
  evidence: '',
});
const decide = (...findings: Finding[]) => findDecisiveStep({ outcome: 'unknown' }, findings)?.step ?? null;

test('the earliest of those that weigh about the same', () => {
  expect(decide(found('2.5', 9, 0.8), found('1.4', 4, 0.75), found('3.1', 12, 0.9))).toBe(4);
});

test('an early weak guess does not take the place of a sure cause', () => {
  expect(decide(found('3.2', 2, 0.6), found('1.2', 7, 0.9))).toBe(7);
});

test('one alone decides, whatever its mode; a very weak one does not', () => {
  expect(decide(found('3.2', 2, 0.7))).toBe(2);
  expect(decide(found('3.2', 2, 0.4))).toBeNull();
});

test('a finding without a step, a healthy trace and one that succeeded have none', () => {
  expect(decide(found('1.5', undefined, 0.9))).toBeNull();
  expect(decide()).toBeNull();
  expect(findDecisiveStep({ outcome: 'succeeded' }, [found('2.5', 3, 0.9)])).toBeNull();
});
