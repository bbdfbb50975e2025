import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../clock.ts';
import { type AgreementCounts, cohenKappa } from './cohen-kappa.ts';

const counts = (both: number, onlyFirst: number, onlySecond: number, neither: number): AgreementCounts => ({
  both,
  onlyFirst,
  onlySecond,
  neither,
});

function width(table: AgreementCounts, alpha?: number): number {
  const { low, high } = cohenKappa(table, alpha);
  return (high ?? 0) - (low ?? 0);
}

describe('the estimate', () => {
  test.each<[AgreementCounts, number]>([
    // po = 35/50, pe = (25·30 + 25·20) / 2500 = 0.5.
    [counts(20, 5, 10, 15), 0.4],
    // po = 60/100, pe = (60·70 + 40·30) / 10000 = 0.54.
    [counts(45, 15, 25, 15), 0.06 / 0.46],
    [counts(10, 0, 0, 10), 1],
    [counts(0, 10, 10, 0), -1],
    [counts(5, 5, 5, 5), 0],
    [counts(0, 2, 0, 18), 0],
  ])('%j', (table, kappa) => {
    expect(cohenKappa(table).kappa).toBeCloseTo(kappa, 12);
  });

  test.each([counts(0, 0, 0, 0), counts(0, 0, 0, 20), counts(7, 0, 0, 0)])(
    'is null where nothing is left beyond chance: %j',
    (table) => {
      expect(cohenKappa(table)).toEqual({ kappa: null, low: null, high: null });
    },
  );
});

describe('the interval', () => {
  test('holds the estimate, lies in −1 to 1, and is no point at perfect agreement', () => {
    for (const table of [
      counts(2, 0, 0, 18),
      counts(10, 0, 0, 10),
      counts(1, 1, 0, 18),
      counts(0, 1, 1, 18),
      counts(0, 9, 9, 0),
    ]) {
      const { kappa, low, high } = cohenKappa(table);
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(low).toBeLessThanOrEqual(kappa ?? Number.NaN);
      expect(high).toBeGreaterThanOrEqual(kappa ?? Number.NaN);
      expect(high).toBeLessThanOrEqual(1);
      expect((high ?? 0) - (low ?? 0)).toBeGreaterThan(0.1);
    }
  });

  test('narrows with more rows and widens with a smaller alpha', () => {
    expect(width(counts(200, 50, 100, 150))).toBeLessThan(width(counts(20, 5, 10, 15)) / 2.5);
    expect(width(counts(20, 5, 10, 15), 0.01)).toBeGreaterThan(width(counts(20, 5, 10, 15)));
  });

  test('is that of the standard error where there are many rows', () => {
    // Fleiss, Cohen and Everitt 1969 for this table: 0.4 ± 1.96 · 0.02868.
    const { low, high } = cohenKappa(counts(400, 100, 200, 300));
    expect(low).toBeCloseTo(0.344, 2);
    expect(high).toBeCloseTo(0.456, 2);
  });

  test('covers the κ that rows were drawn with about as often as it says', () => {
    const random = seededRandom(7);
    const kappa = 0.5;
    const [first, second] = [0.3, 0.4];
    const both = first * second + (kappa * (first + second - 2 * first * second)) / 2;
    const edges = [both, first, first + second - both];
    let covered = 0;
    const draws = 100;
    for (let draw = 0; draw < draws; draw += 1) {
      const cells = [0, 0, 0, 0];
      for (let row = 0; row < 40; row += 1) {
        const at = random.next();
        const cell = edges.findIndex((edge) => at < edge);
        cells[cell < 0 ? 3 : cell] = (cells[cell < 0 ? 3 : cell] ?? 0) + 1;
      }
      const [a = 0, b = 0, c = 0, d = 0] = cells;
      const { low, high } = cohenKappa(counts(a, b, c, d));
      if ((low ?? 1) <= kappa && kappa <= (high ?? -1)) covered += 1;
    }
    expect(covered / draws).toBeGreaterThan(0.89);
    expect(covered / draws).toBeLessThan(0.995);
  });
});
