/** One failure that was found, with what shows it. */
import type { MastCode } from './mast-modes.ts';
import type { TraceStep } from './trace.ts';

export interface Finding {
  mode: MastCode;
  /** Absent: no single agent. */
  agent?: string;
  /** As the trace counts; absent: no single step. */
  step?: number;
  /** 0 to 1: how sure the method is, not how bad it is. */
  confidence: number;
  method: 'detector' | 'judge';
  /** What was seen, with step numbers and quoted text; one line of at most 600 characters. */
  evidence: string;
}

/** Of one mode in one trace; what is further is left out. */
export const maxFindingsPerMode = 20;
const maxEvidenceCharacters = 600;
const maxQuoteCharacters = 140;

export interface Seen {
  /** Where it went wrong, and who. */
  at?: Pick<TraceStep, 'agent' | 'number'>;
  confidence: number;
  evidence: string;
}

export function detected(mode: MastCode, { at, confidence, evidence }: Seen): Finding {
  return {
    mode,
    ...(at === undefined ? {} : { agent: at.agent, step: at.number }),
    confidence,
    method: 'detector',
    evidence: cutEvidence(evidence),
  };
}

export function cutEvidence(text: string): string {
  const line = toLine(text);
  return line.length > maxEvidenceCharacters ? `${line.slice(0, maxEvidenceCharacters - 1)}…` : line;
}

/** Text of a step in quotes, on one line, cut. */
export function quote(text: string, most = maxQuoteCharacters): string {
  // More than is shown, so that white space does not use it up; never the whole of a long text.
  const line = toLine(text.slice(0, most * 4));
  return `“${line.length > most ? `${line.slice(0, most - 1)}…` : line}”`;
}

/** “step 4”, “steps 4, 6 and 9”, “steps 4, 6, 9, … (31 in all)”. */
export function nameSteps(numbers: readonly number[]): string {
  if (numbers.length === 1) return `step ${numbers[0]}`;
  if (numbers.length > 6) return `steps ${numbers.slice(0, 5).join(', ')}, … (${numbers.length} in all)`;
  return `steps ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}

function toLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
