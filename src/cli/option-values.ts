/** Numbers on the command line. The errors complete commander's `option '--x <n>' argument 'abc' is invalid.` */
import { InvalidArgumentError } from 'commander';
import { isAddress } from './store-place.ts';

/** Decimal digits with an optional fraction: no signs, exponents or hexadecimal. */
const decimal = /^\d+(?:\.\d+)?$/;

export function parseCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('Give a whole number from 1 on, such as 4.');
  }
  return value;
}

export function parseUsd(text: string): number {
  if (!decimal.test(text)) throw new InvalidArgumentError('Give an amount in US dollars, such as 0.50.');
  return Number(text);
}

/** The longest time a timer can be set to is 2³¹ − 1 ms. */
const maxSeconds = 2_147_483;

export function parseSeconds(text: string): number {
  const value = Number(text);
  if (!decimal.test(text) || value <= 0 || value > maxSeconds) {
    throw new InvalidArgumentError(`Give seconds, more than 0 and at most ${maxSeconds}, such as 90.`);
  }
  return value;
}

export function parseStorePath(text: string): string {
  if (text === '' || (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) && !isAddress(text))) {
    throw new InvalidArgumentError('Give a folder, a file, or postgres://user@host:port/database.');
  }
  return text;
}

/** Decimal digits with a fraction, with or without digits before the point, and an exponent. */
const decimalWithExponent = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

export function parseProbability(text: string): number {
  const value = Number(text);
  if (!decimalWithExponent.test(text) || value > 1) throw new InvalidArgumentError('Give a number from 0 to 1, such as .9.');
  return value;
}

export function parseAlpha(text: string): number {
  const value = Number(text);
  if (!decimalWithExponent.test(text) || value < 1e-6 || value > 0.5) {
    throw new InvalidArgumentError('Give a number from 0.000001 to 0.5, such as 0.05.');
  }
  return value;
}

export function parseSeed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 0xffff_ffff) {
    throw new InvalidArgumentError('Give a whole number from 0 to 4294967295, such as 1.');
  }
  return value;
}

/** The most that a team file may allow, too. */
const maxAllowance = 1000;

export function parseAllowance(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > maxAllowance) {
    throw new InvalidArgumentError(`Give a whole number from 0 to ${maxAllowance}, such as 1.`);
  }
  return value;
}

const maxPriority = 1_000_000;

export function parsePriority(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > maxPriority) {
    throw new InvalidArgumentError(`Give a whole number from 0 to ${maxPriority}; the lowest goes first.`);
  }
  return value;
}

export function parseDays(text: string): number {
  if (!decimal.test(text)) throw new InvalidArgumentError('Give a number of days, such as 30.');
  return Number(text);
}

const maxPort = 65_535;

export function parsePort(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > maxPort)
    throw new InvalidArgumentError(`Give a port from 0 to ${maxPort}; 0 is any free one.`);
  return value;
}

/** For an option that may be given several times. */
export function collectTexts(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}
