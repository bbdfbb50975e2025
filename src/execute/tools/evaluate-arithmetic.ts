/**
 * A Pratt parser that computes as it reads. Its own hundred lines, because the libraries with these operators evaluate a whole
 * language, compute in doubles (0.1 + 0.2), and bound neither depth nor the size of `9^9^9`.
 *
 * `^` (or `**`) binds tighter than a sign and to the right; `%` is a percentage before an operator, `of`, `)` or the end,
 * and the remainder before an operand. Commas group thousands, except within a function's brackets, where they separate.
 */
import {
  add,
  compare,
  divide,
  type ExactNumber,
  floor,
  makeNumber,
  multiply,
  negate,
  parseNumber,
  power,
  remainder,
  round,
  squareRoot,
} from './exact-number.ts';

const maxCharacters = 2000;
const maxDepth = 60;

interface Token {
  kind: 'number' | 'name' | 'symbol' | 'end';
  text: string;
  /** From 0. */
  at: number;
}

const functions: Record<string, (values: ExactNumber[]) => ExactNumber> = {
  sqrt: (values) => squareRoot(only(values)),
  abs: (values) => (only(values).numerator < 0n ? negate(only(values)) : only(values)),
  floor: (values) => floor(only(values)),
  ceil: (values) => negate(floor(negate(only(values)))),
  round: (values) => round(only(values.slice(0, 1)), digitsOf(values)),
  min: (values) => values.reduce((least, value) => (compare(value, least) < 0 ? value : least)),
  max: (values) => values.reduce((greatest, value) => (compare(value, greatest) > 0 ? value : greatest)),
};

/** @throws Error that says what is wrong and at which character (from 1). */
export function evaluateArithmetic(expression: string): ExactNumber {
  if (expression.length > maxCharacters)
    throw new Error(`The expression has ${expression.length} characters; at most ${maxCharacters} are read.`);
  return new Evaluator(expression).evaluate();
}

class Evaluator {
  readonly #text: string;
  #token: Token = { kind: 'end', text: '', at: 0 };
  #next = 0;
  #depth = 0;
  /** Functions whose brackets are open: within them a comma separates. */
  #calls = 0;

  constructor(text: string) {
    this.#text = text;
  }

  evaluate(): ExactNumber {
    this.#advance();
    const value = this.#expression(0);
    if (this.#token.kind !== 'end') throw this.#unexpected();
    return value;
  }

  #expression(minimum: number): ExactNumber {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw this.#error(`more than ${maxDepth} levels deep`, this.#token.at);
    let left = this.#operand();
    for (;;) {
      const { text, at } = this.#token;
      const isPercentage = text === '%' && !operandAhead.test(this.#text.slice(this.#next));
      const strength = isPercentage ? percentageStrength : (strengths.get(text) ?? 0);
      if (strength <= minimum) break;
      this.#advance();
      const soFar = left;
      if (isPercentage) {
        left = this.#compute(at, () => divide(soFar, makeNumber(100n)));
        continue;
      }
      const right = this.#expression(text === '^' ? strength - 1 : strength);
      left = this.#compute(at, () => applyOperator(text, soFar, right));
    }
    this.#depth -= 1;
    return left;
  }

  #operand(): ExactNumber {
    const { kind, text, at } = this.#token;
    if (kind === 'number') {
      this.#advance();
      return this.#compute(at, () => parseNumber(text));
    }
    if (kind === 'name') return this.#call();
    if (text === '-' || text === '+') {
      this.#advance();
      const value = this.#expression(signStrength);
      return text === '-' ? negate(value) : value;
    }
    if (text !== '(') throw this.#unexpected();
    const calls = this.#calls;
    this.#calls = 0;
    this.#advance();
    const value = this.#expression(0);
    this.#calls = calls;
    this.#expect(')');
    return value;
  }

  #call(): ExactNumber {
    const { text, at } = this.#token;
    const run = Object.hasOwn(functions, text) ? functions[text] : undefined;
    if (run === undefined)
      throw this.#error(`"${text.slice(0, 40)}" is no function; known are ${Object.keys(functions).join(', ')}`, at);
    this.#calls += 1;
    this.#advance();
    this.#expect('(');
    const values = [this.#expression(0)];
    while (this.#token.text === ',') {
      this.#advance();
      values.push(this.#expression(0));
    }
    this.#calls -= 1;
    this.#expect(')');
    return this.#compute(at, () => run(values));
  }

  #expect(symbol: string): void {
    if (this.#token.text !== symbol) throw this.#unexpected();
    this.#advance();
  }

  #advance(): void {
    const rest = this.#text.slice(this.#next);
    const gap = /^\s*/.exec(rest)?.[0].length ?? 0;
    const at = this.#next + gap;
    const ahead = rest.slice(gap);
    const number = (this.#calls > 0 ? plainNumber : groupedNumber).exec(ahead)?.[0];
    const symbol = number ?? /^(?:[a-zA-Z]+|\*\*|.)/su.exec(ahead)?.[0] ?? '';
    this.#next = at + symbol.length;
    if (number !== undefined) this.#token = { kind: 'number', text: number.replace(/[,_]/g, ''), at };
    else if (symbol === '') this.#token = { kind: 'end', text: '', at };
    else if (/^[a-zA-Z]/.test(symbol)) this.#token = { kind: 'name', text: symbol.toLowerCase(), at };
    else this.#token = { kind: 'symbol', text: spellings[symbol] ?? symbol, at };
  }

  #compute(at: number, run: () => ExactNumber): ExactNumber {
    try {
      return run();
    } catch (error) {
      throw this.#error(error instanceof Error ? error.message : String(error), at);
    }
  }

  #unexpected(): Error {
    const { kind, text, at } = this.#token;
    return this.#error(kind === 'end' ? 'the expression ends too early' : `unexpected "${text.slice(0, 40)}"`, at);
  }

  #error(message: string, at: number): Error {
    return new Error(`Cannot compute: ${message} (at character ${at + 1}).`);
  }
}

const groupedNumber = /^(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:_\d+)*|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d{1,6}(?!\d))?/;
const plainNumber = /^(?:\d+(?:_\d+)*|(?=\.\d))(?:\.\d+)?(?:[eE][-+]?\d{1,6}(?!\d))?/;
const spellings: Record<string, string> = { '**': '^', '×': '*', '·': '*', '÷': '/', '−': '-', '–': '-' };
const strengths = new Map([
  ['+', 1],
  ['-', 1],
  ['*', 2],
  ['/', 2],
  ['%', 2],
  ['of', 2],
  ['^', 4],
]);
const signStrength = 3;
const percentageStrength = 5;
/** What makes a `%` a remainder. */
const operandAhead = /^\s*(?!of\b)[\d.(a-z]/i;

function applyOperator(symbol: string, left: ExactNumber, right: ExactNumber): ExactNumber {
  if (symbol === '+') return add(left, right);
  if (symbol === '-') return add(left, negate(right));
  if (symbol === '*' || symbol === 'of') return multiply(left, right);
  if (symbol === '/') return divide(left, right);
  return symbol === '%' ? remainder(left, right) : power(left, right);
}

function only(values: ExactNumber[]): ExactNumber {
  const [value] = values;
  if (value === undefined || values.length > 1) throw new Error(`the function takes one value, not ${values.length}`);
  return value;
}

function digitsOf(values: ExactNumber[]): number {
  const [, digits] = values;
  if (values.length > 2) throw new Error(`the function takes at most two values, not ${values.length}`);
  if (digits === undefined) return 0;
  if (digits.denominator !== 1n || digits.numerator < 0n || digits.numerator > 100n)
    throw new Error('digits are a whole number from 0 to 100');
  return Number(digits.numerator);
}
