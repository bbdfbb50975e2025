import { expect, test } from 'vitest';
import { scriptedModel } from '../testing/index.ts';
import type { Model } from './model.ts';
import { createModelCircuits } from './model-circuits.ts';

function modelOf(spec: string): Model {
  return { spec, languageModel: scriptedModel(() => 'x'), contextTokens: 1000, price: () => null, priced: false };
}

const failed = { news: 'failed' as const, probe: false, error: 'down' };

test('one circuit for each spec, whoever resolved it', () => {
  const circuits = createModelCircuits({ failures: 2, cooldownMs: 100 });
  expect(circuits.report(modelOf('openai:x'), { ...failed, nowMs: 0 })).toBeUndefined();
  expect(circuits.report(modelOf('openai:x'), { ...failed, nowMs: 1 })).toBe(101);
  circuits.report(modelOf('openai:y'), { news: 'answered', probe: false, nowMs: 1 });
  expect(circuits.list()).toEqual([
    { model: 'openai:x', state: 'open', failures: 0, untilMs: 101, lastError: 'down' },
    { model: 'openai:y', state: 'closed', failures: 0, untilMs: null, lastError: null },
  ]);
  expect(circuits.admit(modelOf('openai:x'), 101)).toEqual({ kind: 'admitted', probe: true });
  expect(circuits.view(modelOf('openai:x')).state).toBe('half-open');
  circuits.report(modelOf('openai:x'), { news: 'answered', probe: true, nowMs: 102 });
  expect(circuits.view(modelOf('openai:x'))).toMatchObject({ state: 'closed', lastError: null });
});

test('models handed over as objects have one each, and are not listed', () => {
  const circuits = createModelCircuits({ failures: 1 });
  const [mine, yours] = [modelOf('custom:model'), modelOf('custom:model')];
  circuits.report(mine, { ...failed, nowMs: 0 });
  expect(circuits.lookAt(mine, 1).kind).toBe('wait');
  expect(circuits.admit(yours, 1)).toEqual({ kind: 'admitted', probe: false });
  expect(circuits.view(mine)).toMatchObject({ model: 'custom:model', state: 'open', lastError: 'down' });
  expect(circuits.list()).toEqual([]);
});
