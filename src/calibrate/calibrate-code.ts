/** The code check before works whose worth is known: it runs each work's tests, where a sandbox can. */
import type { Verdict } from '../verify/verdict.ts';
import { type CalibrateCheckOptions, type CheckCalibration, calibrateCheck } from './calibrate-check.ts';
import type { BlindWork } from './judge-works.ts';

/** @throws {PlanwrightError} `usage` without works. */
export async function calibrateCode(options: Omit<CalibrateCheckOptions, 'check'>): Promise<CheckCalibration> {
  return calibrateCheck({ ...options, check: runTests });
}

async function runTests(_work: BlindWork): Promise<Verdict> {
  return { kind: 'unverified', reason: 'This version has no sandbox to run tests in.', evidence: [] };
}
