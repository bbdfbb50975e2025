/** The sandboxes of this machine, for tests. With PLANWRIGHT_REQUIRE_SANDBOXES=1 nothing is skipped: what is missing fails. */
import { type CodeCheckReport, createSandboxes, type SandboxKind, type SandboxLanguage, type SandboxLimits } from 'planwright';

export const sandboxes = createSandboxes({ size: 2 });
export const support = await sandboxes.probe();

const mustRun = process.env['PLANWRIGHT_REQUIRE_SANDBOXES'] === '1';

/** For `describe.skipIf`, with the reason for the title. */
export function lacks(kind: SandboxKind, language: SandboxLanguage = 'javascript'): { skip: boolean; because: string } {
  if (support.languages[language].includes(kind)) return { skip: false, because: '' };
  const availability = language === 'python' && support.bubblewrap.available ? support.python : support[kind];
  const reason = availability.available ? 'not for this language' : availability.reason;
  return { skip: !mustRun, because: ` (no ${kind} for ${language} here: ${reason})` };
}

export interface RunOptions {
  solutionFile?: string;
  limits?: Partial<SandboxLimits>;
  signal?: AbortSignal;
}

/** Runs a solution and its tests in one sandbox, with 10 s, 128 MB and 100 kB unless told otherwise. */
export function runnerOf(kind: SandboxKind, language: SandboxLanguage) {
  return async (solution: string, tests: string, { solutionFile, limits, signal }: RunOptions = {}) => {
    const sandbox = await sandboxes.find(kind, language);
    if ('missing' in sandbox) throw new Error(sandbox.missing);
    const job = {
      language,
      solution,
      tests,
      packages: [],
      limits: { timeoutMs: 10_000, memoryMb: 128, outputBytes: 100_000, ...limits },
      ...(solutionFile === undefined ? {} : { solutionFile }),
    };
    return sandbox.run(job, signal);
  };
}

/** One line of a report, for comparing. */
export function sum(report: CodeCheckReport): string {
  if (report.kind === 'undecided' || report.facts === null) return `${report.kind}: ${report.detail}`;
  return `${report.kind} in ${report.facts.sandbox}`;
}
