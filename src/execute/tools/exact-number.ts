/** Rational numbers of bounded size: sums and products without rounding, so that 0.1 + 0.2 is 0.3. */

/** In lowest terms; the denominator is positive. */
export interface ExactNumber {
  numerator: bigint;
  denominator: bigint;
  /** False once a root or a fractional power has been rounded to a double. */
  exact: boolean;
}

/** About 1,200 decimal digits in numerator or denominator: more than any double, little enough to compute at once. */
const maxBits = 4000;

export function makeNumber(numerator: bigint, denominator = 1n, exact = true): ExactNumber {
  if (denominator === 0n) throw new Error('division by zero');
  if (bitsOf(numerator) > maxBits || bitsOf(denominator) > maxBits) throw new Error('the number is too large');
  const divisor = greatestDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  return { numerator: numerator / divisor, denominator: denominator / divisor, exact };
}

/** @param digits as written: `12`, `.5`, `1.5e-3`. */
export function parseNumber(digits: string): ExactNumber {
  const [mantissa = '', tens = '0'] = digits.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const exponent = Number(tens) - fraction.length;
  const value = BigInt(whole + fraction);
  if (Math.abs(exponent) > maxBits || whole.length + fraction.length > maxBits) throw new Error('the number is too large');
  return exponent < 0 ? makeNumber(value, 10n ** BigInt(-exponent)) : makeNumber(value * 10n ** BigInt(exponent));
}

export function add(a: ExactNumber, b: ExactNumber): ExactNumber {
  return makeNumber(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator, a.exact && b.exact);
}

export function negate(a: ExactNumber): ExactNumber {
  return { ...a, numerator: -a.numerator };
}

export function multiply(a: ExactNumber, b: ExactNumber): ExactNumber {
  return makeNumber(a.numerator * b.numerator, a.denominator * b.denominator, a.exact && b.exact);
}

export function divide(a: ExactNumber, b: ExactNumber): ExactNumber {
  return makeNumber(a.numerator * b.denominator, a.denominator * b.numerator, a.exact && b.exact);
}

/** The remainder has the sign of the dividend, as in JavaScript. */
export function remainder(a: ExactNumber, b: ExactNumber): ExactNumber {
  const quotient = divide(a, b);
  return add(a, negate(multiply(b, { ...quotient, numerator: quotient.numerator / quotient.denominator, denominator: 1n })));
}

export function power(base: ExactNumber, exponent: ExactNumber): ExactNumber {
  const exact = base.exact && exponent.exact;
  if (exponent.denominator !== 1n) return fromDouble(toDouble(base) ** toDouble(exponent));
  const times = exponent.numerator < 0n ? -exponent.numerator : exponent.numerator;
  const bits = BigInt(Math.max(bitsOf(base.numerator), bitsOf(base.denominator)) - 1);
  if (bits > 0n && bits * times > BigInt(maxBits)) throw new Error('the number is too large');
  const small = bits === 0n ? times % 2n : times;
  const raised = base.numerator === 0n && times > 0n ? 0n : base.numerator ** small;
  const lowered = base.denominator ** small;
  return exponent.numerator < 0n ? makeNumber(lowered, raised, exact) : makeNumber(raised, lowered, exact);
}

export function squareRoot(a: ExactNumber): ExactNumber {
  const { numerator, denominator, exact } = a;
  if (numerator < 0n) throw new Error('the square root of a negative number');
  const top = wholeRoot(numerator);
  const bottom = wholeRoot(denominator);
  if (top * top === numerator && bottom * bottom === denominator) return makeNumber(top, bottom, exact);
  return fromDouble(Math.sqrt(toDouble(a)));
}

export function floor({ numerator, denominator, exact }: ExactNumber): ExactNumber {
  const quotient = numerator / denominator;
  return makeNumber(numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient, 1n, exact);
}

/** Halves go away from zero. @param digits kept after the point. */
export function round(a: ExactNumber, digits = 0): ExactNumber {
  const scale = makeNumber(10n ** BigInt(digits));
  const scaled = multiply(a.numerator < 0n ? negate(a) : a, scale);
  const rounded = divide(floor(add(scaled, makeNumber(1n, 2n))), scale);
  return a.numerator < 0n ? negate(rounded) : rounded;
}

export function compare(a: ExactNumber, b: ExactNumber): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** @throws Error when it is beyond the range of a double. */
export function toDouble({ numerator, denominator }: ExactNumber): number {
  const shift = Math.max(0, bitsOf(denominator) - bitsOf(numerator) + 80);
  const scaled = (numerator << BigInt(shift)) / denominator;
  const excess = Math.max(0, bitsOf(scaled) - 80);
  const exponent = excess - shift;
  const half = Math.trunc(exponent / 2);
  const value = Number(scaled >> BigInt(excess)) * 2 ** half * 2 ** (exponent - half);
  if (!Number.isFinite(value)) throw new Error('the number is too large');
  return value;
}

/** All digits when there are at most 30; otherwise 15 significant ones and `exact: false`. */
export function formatNumber(value: ExactNumber): { text: string; exact: boolean } {
  const { numerator, denominator } = value;
  for (let digits = 0; value.exact && digits <= 20; digits += 1) {
    const scale = 10n ** BigInt(digits);
    if ((numerator * scale) % denominator !== 0n) continue;
    const all = String(((numerator < 0n ? -numerator : numerator) * scale) / denominator).padStart(digits + 1, '0');
    if (all.length > 30) break;
    const point = all.length - digits;
    return {
      text: `${numerator < 0n ? '-' : ''}${all.slice(0, point)}${digits === 0 ? '' : `.${all.slice(point)}`}`,
      exact: true,
    };
  }
  return { text: String(Number(toDouble(value).toPrecision(15))), exact: false };
}

function fromDouble(value: number): ExactNumber {
  if (Number.isNaN(value)) throw new Error('the result is not a real number');
  if (!Number.isFinite(value)) throw new Error('the number is too large');
  const size = { ...parseNumber(String(Math.abs(value))), exact: false };
  return value < 0 ? negate(size) : size;
}

function bitsOf(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString(16);
  return digits === '0' ? 1 : (digits.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(digits.charAt(0), 16)));
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [left, right] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (right !== 0n) [left, right] = [right, left % right];
  return left === 0n ? 1n : left;
}

/** Newton's method. */
function wholeRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt(Math.ceil(bitsOf(value) / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
