import { describe, expect, test } from 'vitest';
import { type LabeledVerdict, tabulateVerdicts } from './calibration-table.ts';

const rows = (count: number, row: LabeledVerdict): LabeledVerdict[] => Array.from({ length: count }, () => row);

describe('tabulateVerdicts', () => {
  test('rates are errors of those with a verdict; the others are counted apart', () => {
    const table = tabulateVerdicts([
      ...rows(19, { truth: 'good', verdict: 'accepted' }),
      ...rows(1, { truth: 'good', verdict: 'rejected' }),
      ...rows(3, { truth: 'good', verdict: 'unverified' }),
      ...rows(2, { truth: 'bad', verdict: 'accepted' }),
      ...rows(8, { truth: 'bad', verdict: 'rejected' }),
      ...rows(4, { truth: 'bad', verdict: 'unverified' }),
    ]);
    // The bounds for 2 of 10 and 1 of 20 stand in printed tables of exact intervals.
    expect(table).toEqual({
      version: 1,
      alpha: 0.05,
      good: { n: 20, accepted: 19 },
      bad: { n: 10, rejected: 8 },
      falseAccept: { rate: 0.2, low: expect.closeTo(0.0252, 4), high: expect.closeTo(0.5561, 4) },
      falseReject: { rate: 0.05, low: expect.closeTo(0.0013, 4), high: expect.closeTo(0.2487, 4) },
      unverified: 7,
      unverifiedOf: { good: 3, bad: 4 },
      byKind: {},
    });
  });

  test('an interval is exact: the rates at its ends make what was seen as rare as alpha allows', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    const atLeast = (n: number, k: number, p: number): number => {
      let sum = 0;
      for (let i = k; i <= n; i += 1) sum += choose(n, i) * p ** i * (1 - p) ** (n - i);
      return sum;
    };
    const { falseAccept } = tabulateVerdicts(
      [...rows(3, { truth: 'bad', verdict: 'accepted' }), ...rows(14, { truth: 'bad', verdict: 'rejected' })],
      { alpha: 0.1 },
    );
    expect(atLeast(17, 3, falseAccept.low)).toBeCloseTo(0.05, 6);
    expect(1 - atLeast(17, 4, falseAccept.high)).toBeCloseTo(0.05, 6);
  });

  test('without bad work nothing is known of false accepts', () => {
    const { falseAccept, falseReject } = tabulateVerdicts(rows(5, { truth: 'good', verdict: 'accepted' }));
    expect(falseAccept).toEqual({ rate: null, low: 0, high: 1 });
    expect(falseReject).toMatchObject({ rate: 0, low: 0 });
    expect(tabulateVerdicts([])).toMatchObject({ good: { n: 0, accepted: 0 }, bad: { n: 0, rejected: 0 }, unverified: 0 });
  });

  test('kinds are told apart, whatever they are called', () => {
    const { byKind, bad } = tabulateVerdicts([
      { truth: 'bad', verdict: 'accepted', kind: '__proto__' },
      { truth: 'bad', verdict: 'rejected', kind: 'constructor' },
      { truth: 'good', verdict: 'rejected', kind: 'constructor' },
      { truth: 'bad', verdict: 'rejected' },
    ]);
    expect(Object.keys(byKind)).toEqual(['__proto__', 'constructor']);
    expect(Object.entries(byKind).map(([, table]) => [table.bad, table.good])).toEqual([
      [
        { n: 1, rejected: 0 },
        { n: 0, accepted: 0 },
      ],
      [
        { n: 1, rejected: 1 },
        { n: 1, accepted: 0 },
      ],
    ]);
    expect(bad).toEqual({ n: 3, rejected: 2 });
  });
});
