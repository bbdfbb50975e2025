/**
 * The chain model: n steps in a row that each succeed with probability p, independently, succeed with pⁿ. Against one
 * agent of reliability q the chain pays while pⁿ > q. Real chains deviate from it: docs/statistics.md.
 */
import { PlanwrightError } from '../errors.ts';

export interface ChainLength {
  p: number;
  q: number;
  /** The largest n with pⁿ > q: 0 when not even one step does, null when every number does. Rounded above 2⁵³. */
  n: number | null;
  bound: 'finite' | 'unbounded';
}

/** A number as the decimal that it is written as: units ÷ 10^places. */
interface Decimal {
  units: bigint;
  places: number;
}

/** Logarithms to 16 digits leave an error far below this on n, relative to n. */
const tieTolerance = 1e-9;
/** Digits of pⁿ up to which a near-tie is decided by whole numbers: a few milliseconds. Decimals of 17 digits don't tie beyond. */
const maxExactDigits = 20_000;

/**
 * p and q are taken as the decimals that JavaScript prints for them, so .7 and .49 tie at n = 2.
 * @throws {PlanwrightError} `usage` when either is not a number from 0 to 1.
 */
export function chainLength(p: number, q: number): ChainLength {
  for (const [name, value] of [
    ['p', p],
    ['q', q],
  ] as const) {
    if (!(value >= 0 && value <= 1)) {
      throw new PlanwrightError('usage', `${name} is ${value}, which is no probability. Give a number from 0 to 1.`);
    }
  }
  if (q === 1 || p === 0) return { p, q, n: 0, bound: 'finite' };
  if (p === 1 || q === 0) return { p, q, n: null, bound: 'unbounded' };
  const step = toDecimal(p);
  const bar = toDecimal(q);
  const crossing = logOf(bar) / logOf(step);
  const nearest = Math.round(crossing);
  const isNear = Math.abs(crossing - nearest) <= tieTolerance * Math.max(1, crossing);
  if (isNear && nearest >= 1 && nearest * step.places <= maxExactDigits) {
    return { p, q, n: isAbove(step, nearest, bar) ? nearest : nearest - 1, bound: 'finite' };
  }
  return { p, q, n: Math.max(0, Math.ceil(crossing) - 1), bound: 'finite' };
}

function toDecimal(value: number): Decimal {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const places = fraction.length - Number(exponent);
  const units = BigInt(whole + fraction);
  return places >= 0 ? { units, places } : { units: units * 10n ** BigInt(-places), places: 0 };
}

/** Natural logarithm of a decimal between 0 and 1; near 1 from 1 − value, which is exact. */
function logOf({ units, places }: Decimal): number {
  const value = Number(`${units}e-${places}`);
  return value <= 0.5 ? Math.log(value) : Math.log1p(-Number(`${10n ** BigInt(places) - units}e-${places}`));
}

/** Whether stepⁿ > bar, exactly. */
function isAbove(step: Decimal, n: number, bar: Decimal): boolean {
  return step.units ** BigInt(n) * 10n ** BigInt(bar.places) > bar.units * 10n ** BigInt(step.places * n);
}
