/** The code check: a result that is code, and tests that decide in a sandbox. Without a sandbox nothing is decided. */
import type { Json } from '../json.ts';
import type { CodeCheck } from '../plan/plan.ts';
import { findPackages } from '../sandbox/find-packages.ts';
import {
  defaultSandboxLimits,
  type FailureCause,
  keepEnd,
  type PackageMount,
  type SandboxFacts,
  type SandboxJob,
  type SandboxKind,
  type SandboxOutcome,
} from '../sandbox/sandbox.ts';
import { type Sandboxes, sharedSandboxes } from '../sandbox/sandboxes.ts';
import { inspectCodeCheck } from './code-check-fields.ts';
import { extractCode } from './code-fence.ts';
import { mayRunElsewhere, needsProcess } from './code-needs.ts';
import type { CheckOutcome } from './verdict-parts.ts';

export interface PackageFolders {
  /** A folder that has `node_modules`. */
  node?: string;
  /** A folder of importable packages. */
  python?: string;
}

export interface CodeCheckRequest {
  /** Code, or a text with a code block. */
  result: Json;
  check: CodeCheck;
  packageFolders?: PackageFolders;
  /** Default: those that this process shares. */
  sandboxes?: Sandboxes;
  signal?: AbortSignal;
}

export type CodeCheckReport =
  | { kind: 'passed'; detail: string; facts: SandboxFacts }
  /** `detail` is written for whoever tries again. `facts` is null when nothing was run, because the result holds no clear code. */
  | { kind: 'failed'; detail: string; cause: FailureCause | 'unclear'; facts: SandboxFacts | null }
  /** No sandbox of the needed kind, or it did not work. Never a reason to accept. */
  | { kind: 'undecided'; detail: string };

/** Of the whole time limit, when bubblewrap can go on with what the isolate does not finish: its engine is about 20 times slower. */
const isolateShare = 0.2;
const isolateLeastMs = 500;
const longestResult = 1_000_000;

/** @throws the signal's reason when it aborts; what is running is stopped at once. */
export async function checkCode(request: CodeCheckRequest): Promise<CodeCheckReport> {
  const { result, check, signal } = request;
  const problem = inspectCodeCheck(check);
  if (problem !== null) return { kind: 'undecided', detail: `${problem.field}: ${problem.message}.` };
  if (typeof result !== 'string' || result.length > longestResult) {
    const reason =
      typeof result === 'string' ? `The result is longer than ${longestResult} characters.` : 'The result is no text.';
    return { kind: 'failed', detail: reason, cause: 'unclear', facts: null };
  }
  const extracted = extractCode(result, check.language);
  if (extracted.kind === 'unclear') return { kind: 'failed', detail: extracted.reason, cause: 'unclear', facts: null };
  const packages = await locatePackages(request);
  if ('missing' in packages) return { kind: 'undecided', detail: packages.missing };
  const { language, tests, solutionFile, timeoutMs, memoryMb, outputBytes } = check;
  const { timeoutMs: time, memoryMb: memory, outputBytes: output } = defaultSandboxLimits;
  const job: SandboxJob = {
    language,
    solution: extracted.code,
    tests,
    ...(solutionFile === undefined ? {} : { solutionFile }),
    packages: packages.mounts,
    limits: { timeoutMs: timeoutMs ?? time, memoryMb: memoryMb ?? memory, outputBytes: outputBytes ?? output },
  };
  const sandboxes = request.sandboxes ?? sharedSandboxes();
  return sandboxes.pool.use(async () => toReport(await runSomewhere(job, check.sandbox, { sandboxes, signal })), signal);
}

/** The report as the verifier's other checks give theirs. */
export function toCheckOutcome(report: CodeCheckReport): CheckOutcome {
  if (report.kind === 'undecided') return report;
  const { kind, detail, facts } = report;
  return facts === null ? { kind, detail } : { kind, detail, facts: describeFacts(facts) };
}

interface Surroundings {
  sandboxes: Sandboxes;
  signal: AbortSignal | undefined;
}

async function runSomewhere(job: SandboxJob, forced: SandboxKind | undefined, around: Surroundings): Promise<SandboxOutcome> {
  if (forced !== undefined) return runIn(forced, job, around);
  const needsFiles = job.language === 'python' || job.solutionFile !== undefined || job.packages.length > 0;
  if (needsFiles || needsProcess(job.solution) || needsProcess(job.tests)) return runIn('bubblewrap', job, around);
  const { languages } = await around.sandboxes.probe();
  const [first, second] = languages[job.language];
  if (first !== 'isolate' || second === undefined) return runIn(first ?? 'isolate', job, around);
  const { timeoutMs } = job.limits;
  const shareMs = Math.min(timeoutMs, Math.max(isolateLeastMs, timeoutMs * isolateShare));
  const tried = await runIn('isolate', { ...job, limits: { ...job.limits, timeoutMs: shareMs } }, around);
  return isSettled(tried) ? tried : runIn('bubblewrap', job, around);
}

/** A pass is one everywhere. A failure that may be the isolate's own is looked at again where there is more. */
function isSettled(outcome: SandboxOutcome): boolean {
  if (outcome.kind === 'passed') return true;
  if (outcome.kind === 'undecided' || outcome.cause === 'timeout') return false;
  return !mayRunElsewhere(outcome.reason);
}

async function runIn(kind: SandboxKind, job: SandboxJob, { sandboxes, signal }: Surroundings): Promise<SandboxOutcome> {
  const sandbox = await sandboxes.find(kind, job.language);
  return 'missing' in sandbox ? { kind: 'undecided', reason: sandbox.missing } : sandbox.run(job, signal);
}

function toReport(outcome: SandboxOutcome): CodeCheckReport {
  if (outcome.kind === 'undecided') return { kind: 'undecided', detail: `The code was not run. ${outcome.reason}` };
  const { sandbox, seconds, exitStatus, printed } = outcome;
  const facts = { sandbox, seconds, exitStatus, printed };
  if (outcome.kind === 'passed') return { kind: 'passed', detail: 'The tests ran to their end and passed.', facts };
  return { kind: 'failed', detail: outcome.reason, cause: outcome.cause, facts };
}

function describeFacts({ sandbox, seconds, exitStatus, printed }: SandboxFacts): string {
  const status = exitStatus === null ? '' : `, exit status ${exitStatus}`;
  const last = printed.trim();
  return `In ${sandbox}, ${seconds.toFixed(2)} s${status}.${last === '' ? '' : `\nPrinted last:\n${keepEnd(last, 500)}`}`;
}

async function locatePackages({
  check,
  packageFolders,
}: CodeCheckRequest): Promise<{ mounts: PackageMount[] } | { missing: string }> {
  const { packages = [], language } = check;
  if (packages.length === 0) return { mounts: [] };
  const folder = language === 'python' ? packageFolders?.python : packageFolders?.node;
  if (folder === undefined)
    return { missing: `The check names packages (${packages.join(', ')}), and no folder was given to take them from.` };
  const found = await findPackages(folder, packages, language);
  return found.kind === 'found' ? { mounts: found.mounts } : { missing: found.reason };
}
