/** Failures of a run in words, for the executor that tries again and for the evidence. */
import {
  type Failure,
  type FailureCause,
  maxFailures,
  messageCharacters,
  type SandboxJob,
  type SandboxLimits,
} from './sandbox.ts';

/** Characters of a quoted line. */
const lineCharacters = 200;

/** One failure a line: the message, and the line of code that it comes from. */
export function describeFailures(failures: readonly Failure[], job: Pick<SandboxJob, 'solution' | 'tests'>): string {
  const lines = failures.slice(0, maxFailures).map((failure) => describeOne(failure, job));
  if (failures.length > maxFailures) lines.push(`… and ${failures.length - maxFailures} more`);
  return lines.join('\n');
}

function describeOne({ message, place }: Failure, job: Pick<SandboxJob, 'solution' | 'tests'>): string {
  const said = message.slice(0, messageCharacters).trimEnd();
  if (place === undefined) return said;
  const line = job[place.in].split('\n')[place.line - 1]?.trim() ?? '';
  return `${said} (${place.in}, line ${place.line}${line === '' ? '' : `: ${line.slice(0, lineCharacters)}`})`;
}

/** Why a run was stopped. */
export function describeStop(cause: FailureCause, limits: SandboxLimits): string {
  switch (cause) {
    case 'timeout':
      return `It ran longer than ${limits.timeoutMs / 1000} s and was stopped.`;
    case 'output':
      return `It printed more than ${limits.outputBytes} bytes and was stopped.`;
    case 'memory':
      return `It needed more than ${limits.memoryMb} MB of memory and was stopped.`;
    case 'ended-early':
      return 'It ended before the tests did.';
    case 'test':
      return 'A test failed.';
  }
}
