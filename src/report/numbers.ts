/** Numbers as a page shows them. A space that belongs to a number is U+00A0; what is not finite is a dash or `∞`. */
import type { Proportion } from '../measure/statistics/interval.ts';

const unknown = '–';

/** `5,210` */
export function formatCount(value: number): string {
  return withDigits(value, 0);
}

/** `1 pair`, `9 pairs` */
export function formatNumber(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Of a share, 0 to 1: `58 %`; a decimal below 1 and above 99: `0.4 %`. */
export function formatPercent(share: number): string {
  return `${percentDigits(share)}\u00A0%`;
}

/** `44 to 71 %` */
export function formatPercentRange(low: number, high: number): string {
  return `${percentDigits(low)} to ${percentDigits(high)}\u00A0%`;
}

/** `58 % (29 of 50; 44 to 71 %)`; without any trial: `unknown (0 of 0)`. */
export function formatProportion({ k, n, low, high }: Proportion): string {
  if (n === 0) return 'unknown (0 of 0)';
  return `${formatPercent(k / n)} (${formatCount(k)} of ${formatCount(n)}; ${formatPercentRange(low, high)})`;
}

/** Of a difference of shares: `−16 points`, `+3 points`. */
export function formatPoints(difference: number): string {
  return `${formatSigned(difference * 100)}\u00A0points`;
}

/** `−27 to −5` of differences of shares, in points. */
export function formatPointsRange(low: number, high: number): string {
  return `${formatSigned(low * 100)} to ${formatSigned(high * 100)}`;
}

/** `5.1 ×`, `0.42 ×` */
export function formatRatio(ratio: number): string {
  return `${formatFactor(ratio)}\u00A0×`;
}

/** The number of a ratio: `5.1`, `0.42`, `120`, `∞`. */
export function formatFactor(ratio: number): string {
  if (ratio === Number.POSITIVE_INFINITY) return '∞';
  return withDigits(ratio, ratio >= 100 ? 0 : ratio >= 1 ? 1 : 2);
}

/** `$0`, `$0.0042`, `$12.35` */
export function formatUsd(usd: number): string {
  if (!Number.isFinite(usd)) return unknown;
  if (usd === 0) return '$0';
  if (usd > 0 && usd < 0.0001) return 'less than $0.0001';
  return `$${withDigits(usd, usd < 1 ? 4 : 2)}`;
}

/** `28 ms`, `0.8 s`, `12.3 s`, `4 min 05 s`, `2 h 03 min` */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return unknown;
  if (seconds > 0 && seconds < 0.1) return `${formatPlain(Number((seconds * 1000).toPrecision(2)))}\u00A0ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}\u00A0s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}\u00A0min ${twoDigits(whole % 60)}\u00A0s`;
  return `${formatCount(Math.floor(whole / 3600))}\u00A0h ${twoDigits(Math.floor((whole % 3600) / 60))}\u00A0min`;
}

/** A probability that may be tiny: `0.031`, `<0.001`. */
export function formatProbability(value: number): string {
  if (!Number.isFinite(value)) return unknown;
  return value > 0 && value < 0.001 ? '<0.001' : value.toFixed(3);
}

/** Evidence may be of any size: `0.31`, `12.4`, `5,120`, `over a million`. */
export function formatEvidence(value: number): string {
  if (Number.isNaN(value)) return unknown;
  if (value > 1e6) return 'over a million';
  return withDigits(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** `2025-11-25 22:14 UTC` */
export function formatInstant(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15
    ? `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : unknown;
}

/** Few digits, for the ticks and titles of an axis whose unit is written elsewhere: `1,200`, `0.05`, `3.5`. */
export function formatPlain(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 1 ? 2 : 4;
  const text = withDigits(value, digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function formatSigned(value: number): string {
  if (!Number.isFinite(value)) return unknown;
  const digits = Math.abs(value) < 1 ? value.toFixed(1) : value.toFixed(0);
  if (Number(digits) === 0) return '0';
  return digits.startsWith('-') ? `−${digits.slice(1)}` : `+${digits}`;
}

function percentDigits(share: number): string {
  if (!Number.isFinite(share)) return unknown;
  const percent = share * 100;
  const isExtreme = (percent > 0 && percent < 1) || (percent > 99 && percent < 100);
  return isExtreme ? percent.toFixed(1) : percent.toFixed(0);
}

function withDigits(value: number, digits: number): string {
  if (!Number.isFinite(value)) return unknown;
  const [whole = '', fraction] = value.toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',').replace('-', '−');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
