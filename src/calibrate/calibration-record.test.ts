import { expect, test } from 'vitest';
import { readCalibrationRecord } from './calibration-record.ts';

test.each<[unknown, RegExp]>([
  [{ version: 2 }, /^This calibration record has version 2; this version reads 1\. Calibrate again, or update\.$/],
  [{ version: 1, team: 'x' }, /^This is no calibration record: criticHash /],
  [null, /^This is no calibration record: /],
  ['x', /^This is no calibration record: /],
])('%j is refused', (json, message) => {
  expect(() => readCalibrationRecord(json)).toThrow(message);
});
