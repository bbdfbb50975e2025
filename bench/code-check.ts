/** The code check on solutions of known worth: its verdicts, and their time beside an interpreter without any sandbox. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CodeCheckReport, checkCode, probeSandboxes, type SandboxKind } from '../src/index.ts';
import { type CodeCase, readCodeCases } from './code-cases.ts';
import { atMost, exactly, type Figure } from './figure.ts';
import { median } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What never ends is stopped then, in a sandbox and without one. */
const timeoutMs = 2000;

interface Tally {
  approved: number;
  rejected: number;
  /** Defective ones that had to be stopped. */
  stopped: number;
  /** Of those that ended by themselves. */
  seconds: number[];
  /** The same solutions without a sandbox. */
  bareSeconds: number[];
}

export async function measureCodeCheck(quick: boolean): Promise<Figure[]> {
  const all = readCodeCases();
  if (all === null) return [{ what: 'skipped: shared/data/critic is not there to be read', measured: 0, digits: 0 }];
  const { languages } = await probeSandboxes();
  const cases = quick ? all.filter((_, index) => index % 8 === 0) : all;
  const folder = mkdtempSync(join(tmpdir(), 'planwright-code-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  try {
    const figures: Figure[] = [];
    for (const kind of languages.javascript) {
      const fitting = kind === 'isolate' ? cases.filter(({ packages }) => packages.length === 0) : cases;
      figures.push(...toFigures(kind, fitting.length, await tally(kind, fitting, folder)));
    }
    const missing = (['isolate', 'bubblewrap'] as const).filter((kind) => !languages.javascript.includes(kind));
    return [...figures, ...missing.map((kind) => ({ what: `skipped: there is no ${kind} here`, measured: 0, digits: 0 }))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tally(kind: SandboxKind, cases: readonly CodeCase[], folder: string): Promise<Tally> {
  const counts: Tally = { approved: 0, rejected: 0, stopped: 0, seconds: [], bareSeconds: [] };
  for (const code of cases) {
    for (const worth of ['correct', 'defective'] as const) {
      const startMs = performance.now();
      const report = await judge(code, worth, kind);
      const seconds = (performance.now() - startMs) / 1000;
      if (worth === 'correct' && report.kind === 'passed') counts.approved += 1;
      if (worth === 'defective' && report.kind === 'failed') counts.rejected += 1;
      if (report.kind === 'failed' && report.cause === 'timeout') counts.stopped += 1;
      else {
        counts.seconds.push(seconds);
        counts.bareSeconds.push(runBare(code, worth, folder));
      }
    }
  }
  return counts;
}

async function judge(code: CodeCase, worth: 'correct' | 'defective', sandbox: SandboxKind): Promise<CodeCheckReport> {
  const { tests, packages } = code;
  return checkCode({
    result: code[worth],
    check: { kind: 'code', language: 'javascript', tests, packages, timeoutMs, sandbox },
    packageFolders: { node: root },
  });
}

/** Seconds of `node FILE` on the solution and its tests. */
function runBare(code: CodeCase, worth: 'correct' | 'defective', folder: string): number {
  const file = join(folder, 'case.cjs');
  writeFileSync(file, `${code[worth]}\n${code.tests}`);
  const startMs = performance.now();
  spawnSync(process.execPath, [file], { cwd: folder, timeout: timeoutMs, killSignal: 'SIGKILL' });
  return (performance.now() - startMs) / 1000;
}

function toFigures(kind: SandboxKind, cases: number, { approved, rejected, stopped, seconds, bareSeconds }: Tally): Figure[] {
  const ratio = median(seconds) / median(bareSeconds);
  return [
    { what: `${kind}: correct solutions approved, of ${cases}`, measured: approved, digits: 0, bound: exactly(cases) },
    { what: `${kind}: defective solutions rejected, of ${cases}`, measured: rejected, digits: 0, bound: exactly(cases) },
    { what: '  of them stopped, because they never end', measured: stopped, digits: 0 },
    { what: '  node FILE, median', measured: median(bareSeconds), digits: 3, unit: ' s' },
    { what: '  a verdict, median', measured: median(seconds), digits: 3, unit: ' s' },
    { what: '  a verdict, 95th percentile', measured: percentile(seconds, 0.95), digits: 3, unit: ' s' },
    { what: '  a verdict ÷ node FILE', measured: ratio, unit: ' ×', bound: atMost(5) },
  ];
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN;
}
