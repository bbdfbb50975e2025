import { expect, test } from 'vitest';
import { formatCount, formatDuration, formatNumber, formatSeconds, formatUsd } from './figures.ts';

test('figures read as a person writes them', () => {
  expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([formatNumber(1, 'call'), formatNumber(2, 'call')]).toEqual(['1 call', '2 calls']);
  expect([0, 840, 59_940, 59_960, 245_000, 7_380_000].map(formatDuration)).toEqual([
    '0.0 s',
    '0.8 s',
    '59.9 s',
    '1 min 00 s',
    '4 min 05 s',
    '2 h 03 min',
  ]);
  expect(formatSeconds(12_345)).toBe('12.3s');
  expect([0, 0.00001, 0.0042, 0.5, 12.345].map(formatUsd)).toEqual(['$0', 'less than $0.0001', '$0.0042', '$0.5000', '$12.35']);
});
