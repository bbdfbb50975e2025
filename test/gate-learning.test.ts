/** The gate on simulated classes of known truth; the whole figure is `npm run bench -- gate`. */
import { expect, test } from 'vitest';
import { simulateLearning } from '../bench/gate.ts';

test('after 200 tasks the gate has at least 95 % of the oracle’s utility, and again after the arms change places', () => {
  const shifted = simulateLearning({ tasks: 500, seeds: 8, shiftAt: 250 });
  expect(shifted.share(200, 250)).toBeGreaterThanOrEqual(0.95);
  expect(shifted.share(250, 270)).toBeLessThan(0.9);
  expect(shifted.share(450, 500)).toBeGreaterThanOrEqual(0.95);
});
