/** The code check before works whose worth is known: it runs each work's tests, where a sandbox can. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeCheck } from '../plan/plan.ts';
import { checkCode, type PackageFolders } from '../verify/code-check.ts';
import type { Verdict } from '../verify/verdict.ts';
import { type CalibrateCheckOptions, type CheckCalibration, calibrateCheck } from './calibrate-check.ts';
import { findCodeRegions, sandboxLanguageOf } from './code-regions.ts';
import { listImportedPackages } from './imported-packages.ts';
import type { BlindWork } from './judge-works.ts';

export interface CalibrateCodeOptions extends Omit<CalibrateCheckOptions, 'check'> {
  /** Of works that name none. Default: `python` for what looks like it, else `javascript`. */
  language?: CodeCheck['language'];
  /** Where packages are taken from: those that a work names; else, for JavaScript and TypeScript, those that it imports and that are there. */
  packageFolders?: PackageFolders;
  /** Wall time of one work's tests. Default 10,000. */
  timeoutMs?: number;
}

/**
 * A work without tests, and one for which this machine has no sandbox, have no verdict.
 * @throws {PlanwrightError} `usage` without works.
 */
export async function calibrateCode(options: CalibrateCodeOptions): Promise<CheckCalibration> {
  const { language, packageFolders, timeoutMs, ...rest } = options;
  const check = async (work: BlindWork, signal: AbortSignal): Promise<Verdict> => {
    const { text, tests } = work;
    if (tests === undefined) return { kind: 'unverified', reason: 'There are no tests for this work.', evidence: [] };
    const runAs = sandboxLanguageOf(work.language ?? '') ?? language ?? tellLanguage(text);
    const packages = work.packages ?? (runAs === 'python' ? [] : findPackages(`${text}\n${tests}`, packageFolders?.node));
    const report = await checkCode({
      result: text,
      check: {
        kind: 'code',
        language: runAs,
        tests,
        ...(packages.length === 0 ? {} : { packages }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
      signal,
      ...(packageFolders === undefined ? {} : { packageFolders }),
    });
    const { kind, detail } = report;
    const evidence = [{ check: 'code', passed: kind === 'passed', detail }];
    if (kind === 'passed') return { kind: 'accepted', evidence };
    return { kind: kind === 'failed' ? 'rejected' : 'unverified', reason: detail, evidence };
  };
  return calibrateCheck({ ...rest, check });
}

/** Packages that code imports and that the folder has. */
function findPackages(code: string, folder: string | undefined): string[] {
  if (folder === undefined) return [];
  return listImportedPackages(code).filter((name) => existsSync(join(folder, 'node_modules', name, 'package.json')));
}

function tellLanguage(text: string): CodeCheck['language'] {
  return findCodeRegions(text)[0]?.language === 'python' ? 'python' : 'javascript';
}
