import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../clock.ts';
import { measureChainMisfit, type ObservedChain } from './chain-misfit.ts';

function drawChain(random: Random, steps: number, p: (step: number) => number): ObservedChain {
  for (let step = 0; step < steps; step++) if (random.next() >= p(step)) return { steps, firstWrong: step };
  return { steps, firstWrong: null };
}

test('p counts the steps up to the first wrong one; the prediction is the mean of pⁿ', () => {
  const report = measureChainMisfit([
    { steps: 2, firstWrong: null },
    { steps: 2, firstWrong: 1 },
    { steps: 4, firstWrong: 0 },
    { steps: 4, firstWrong: null },
  ]);
  // Right: 2 + 1 + 0 + 4. Taken: 2 + 2 + 1 + 4.
  const p = 7 / 9;
  expect(report).toMatchObject({ chains: 4, p: { k: 7, n: 9 }, steps: { min: 2, mean: 3, max: 4 }, observed: { k: 2, n: 4 } });
  expect(report?.predicted).toBeCloseTo((p ** 2 + p ** 4) / 2, 12);
  expect(report?.misfit.value).toBeCloseTo(0.5 - (p ** 2 + p ** 4) / 2, 12);
  expect(report?.byLength).toEqual([
    { steps: 2, observed: expect.objectContaining({ k: 1, n: 2 }), predicted: p ** 2 },
    { steps: 4, observed: expect.objectContaining({ k: 1, n: 2 }), predicted: p ** 4 },
  ]);
});

test('chains that follow the model have no misfit, and its interval says so about as often as it should', () => {
  const random = seededRandom(3);
  let covered = 0;
  for (let trial = 0; trial < 500; trial++) {
    const chains = Array.from({ length: 150 }, (_, at) => drawChain(random, 2 + (at % 7), () => 0.85));
    const misfit = measureChainMisfit(chains)?.misfit;
    if (misfit !== undefined && misfit.low <= 0 && misfit.high >= 0) covered += 1;
  }
  expect(covered / 500).toBeGreaterThan(0.92);
  expect(covered / 500).toBeLessThan(0.98);
});

test('what breaks the model shows: steps that get harder fall below it, chains of unlike difficulty above it', () => {
  const random = seededRandom(4);
  const draw = (p: (chain: number, step: number) => number) =>
    measureChainMisfit(Array.from({ length: 400 }, (_, at) => drawChain(random, 6, (step) => p(at, step))))?.misfit;
  expect(draw((_, step) => (step < 3 ? 0.98 : 0.7))?.high).toBeLessThan(0);
  expect(draw((chain) => (chain % 2 === 0 ? 0.99 : 0.6))?.low).toBeGreaterThan(0);
});

test('no chains give nothing; an impossible chain is refused by its place', () => {
  expect(measureChainMisfit([])).toBeNull();
  expect(() => measureChainMisfit([{ steps: 2, firstWrong: 2 }])).toThrow('Chain 0 has 2 steps, so its first wrong step');
  expect(() =>
    measureChainMisfit([
      { steps: 1, firstWrong: null },
      { steps: 0, firstWrong: null },
    ]),
  ).toThrow('Chain 1 has 0 steps');
});

test('all right, and all wrong at once', () => {
  expect(measureChainMisfit([{ steps: 3, firstWrong: null }])).toMatchObject({ predicted: 1, misfit: { value: 0 } });
  expect(measureChainMisfit([{ steps: 3, firstWrong: 0 }])).toMatchObject({ predicted: 0, misfit: { value: 0 } });
});
