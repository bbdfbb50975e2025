/** Published solutions of known worth before the code check: what is right passes, what people broke does not. */
import { fileURLToPath } from 'node:url';
import { checkCode, type SandboxKind } from 'planwright';
import { describe, expect, test } from 'vitest';
import { type CodeCase, readCodeCases } from '../../bench/code-cases.ts';
import { lacks, sandboxes } from '../sandbox/this-machine.ts';

const cases = readCodeCases() ?? [];
const packageFolders = { node: fileURLToPath(new URL('../..', import.meta.url)) };
const bubblewrap = lacks('bubblewrap');
const isolate = lacks('isolate');

/** What is right gets the time it needs on a busy machine; what never ends is stopped soon. */
const timeoutMs = { correct: 10_000, defective: 1000 };

async function judge(code: CodeCase, worth: 'correct' | 'defective', sandbox?: SandboxKind) {
  const report = await checkCode({
    result: code[worth],
    check: {
      kind: 'code',
      language: 'javascript',
      tests: code.tests,
      packages: code.packages,
      timeoutMs: timeoutMs[worth],
      ...(sandbox === undefined ? {} : { sandbox }),
    },
    packageFolders,
    sandboxes,
  });
  const ran = report.kind === 'undecided' ? null : report.facts;
  return { id: code.id, kind: report.kind, cause: report.kind === 'failed' ? report.cause : null, sandbox: ran?.sandbox ?? null };
}

async function judgeAll(codes: readonly CodeCase[], sandbox?: SandboxKind) {
  const correct = await Promise.all(codes.map(async (code) => judge(code, 'correct', sandbox)));
  const defective = await Promise.all(codes.map(async (code) => judge(code, 'defective', sandbox)));
  return {
    refused: correct.filter(({ kind }) => kind !== 'passed'),
    accepted: defective.filter(({ kind }) => kind !== 'failed'),
    stopped: defective.filter(({ cause }) => cause === 'timeout' || cause === 'memory').length,
    inIsolate: correct.filter(({ sandbox: used }) => used === 'isolate').length,
  };
}

describe.skipIf(cases.length === 0)('HumanEvalPack (skipped where shared/data/critic is not there to be read)', () => {
  test.skipIf(isolate.skip)(`in the isolate, where the tests allow it${isolate.because}`, { timeout: 120_000 }, async () => {
    const alone = cases.filter(({ packages }) => packages.length === 0);
    expect(alone).toHaveLength(81);
    expect(await judgeAll(alone, 'isolate')).toEqual({ refused: [], accepted: [], stopped: 3, inIsolate: 81 });
  });

  test.skipIf(bubblewrap.skip)(`under bubblewrap, one with a package${bubblewrap.because}`, { timeout: 120_000 }, async () => {
    expect(cases.flatMap(({ packages }) => packages)).toEqual(['js-md5']);
    expect(await judgeAll(cases, 'bubblewrap')).toEqual({ refused: [], accepted: [], stopped: 3, inIsolate: 0 });
  });
});
