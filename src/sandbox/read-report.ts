/** What a guest program said on its channel, and what follows from it and from how the process ended. */
import { z } from 'zod';
import type { ConfinedOutcome } from './confined-command.ts';
import { describeFailures, describeStop } from './describe-failures.ts';
import type { Failure, FailureCause, SandboxFacts, SandboxJob, SandboxOutcome } from './sandbox.ts';

/** The first line that a guest program writes: the sandbox works, and what comes now is the code's doing. */
export const startedLine = '{"started":true}\n';

const failureSchema = z.object({
  message: z.string(),
  place: z.object({ in: z.enum(['solution', 'tests']), line: z.int().positive() }).optional(),
});

/** `key`: what only the guest program knows, and writes when all is well and over. */
export function readReport(job: SandboxJob, ended: ConfinedOutcome, key: Uint8Array): SandboxOutcome {
  const { exitStatus, seconds, printed, stopped } = ended;
  const facts: SandboxFacts = { sandbox: 'bubblewrap', exitStatus, seconds, printed };
  const started = Buffer.from(startedLine);
  const report = Buffer.from(ended.report);
  if (!report.subarray(0, started.length).equals(started)) {
    if (stopped !== null) return { kind: 'undecided', reason: `The sandbox did not start. ${describeStop(stopped, job.limits)}` };
    return { kind: 'undecided', reason: `The sandbox did not start: ${firstLine(printed) || describeEnd(ended)}` };
  }
  const said = report.subarray(started.length);
  if (stopped === null && exitStatus === 0 && said.equals(key)) return { kind: 'passed', ...facts };
  const failures = readFailures(said);
  const cause = findCause(ended, failures);
  const parts = [cause === 'test' ? '' : explain(cause, ended, job), describeFailures(failures, job)];
  return { kind: 'failed', cause, reason: parts.filter((part) => part !== '').join('\n'), ...facts };
}

function readFailures(said: Buffer): Failure[] {
  const lines = said
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return [...new Set(lines)].map((line) => {
    const parsed = failureSchema.safeParse(parseLine(line));
    if (!parsed.success) return { message: 'Something else than the tests wrote to their report.' };
    const { message, place } = parsed.data;
    return place === undefined ? { message } : { message, place };
  });
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const memoryMessages =
  /^(?:.{0,200}: )?(?:MemoryError|RangeError: (?:Array buffer allocation failed|Failed to allocate memory|WebAssembly\.Memory))/;

function findCause({ stopped, signal, printed }: ConfinedOutcome, failures: readonly Failure[]): FailureCause {
  if (stopped !== null) return stopped;
  if (signal === 'SIGXCPU') return 'timeout';
  if (failures.some(({ message }) => memoryMessages.test(message))) return 'memory';
  if (failures.length > 0) return 'test';
  return signal === 'SIGABRT' && printed.includes('out of memory') ? 'memory' : 'ended-early';
}

function explain(cause: FailureCause, ended: ConfinedOutcome, { limits }: SandboxJob): string {
  if (cause !== 'ended-early') return describeStop(cause, limits);
  // What Node gives when only a promise is left that nothing can settle.
  if (ended.exitStatus === 13) return 'The tests wait for something that never comes.';
  return `${describeStop(cause, limits)} ${describeEnd(ended)}`;
}

function describeEnd({ exitStatus, signal }: ConfinedOutcome): string {
  return signal === null ? `The exit status was ${exitStatus ?? 'unknown'}.` : `The signal ${signal} ended it.`;
}

function firstLine(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.slice(0, 300) ?? ''
  );
}
