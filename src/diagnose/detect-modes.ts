/** All detectors on one trace. Pure; time is linear in the length of the trace. */
import { detectConversationReset } from './detectors/conversation-reset.ts';
import { detectIgnoredInput } from './detectors/ignored-input.ts';
import { detectLostHistory } from './detectors/lost-history.ts';
import { detectMissingVerification } from './detectors/missing-verification.ts';
import { detectPrematureTermination } from './detectors/premature-termination.ts';
import { detectReasoningActionMismatch } from './detectors/reasoning-action.ts';
import { detectRoleDisobedience } from './detectors/role-disobedience.ts';
import { detectStepRepetition } from './detectors/step-repetition.ts';
import { detectTaskDisobedience } from './detectors/task-disobedience.ts';
import { detectTerminationUnawareness } from './detectors/termination-unawareness.ts';
import { type Finding, maxFindingsPerMode } from './finding.ts';
import type { Trace } from './trace.ts';

const detectors: readonly ((trace: Trace) => Finding[])[] = [
  detectTaskDisobedience,
  detectRoleDisobedience,
  detectStepRepetition,
  detectLostHistory,
  detectTerminationUnawareness,
  detectConversationReset,
  detectIgnoredInput,
  detectReasoningActionMismatch,
  detectPrematureTermination,
  detectMissingVerification,
];

/** In order of the steps; at most 20 of a mode. */
export function detectModes(trace: Trace): Finding[] {
  const findings = detectors.flatMap((detect) => detect(trace).slice(0, maxFindingsPerMode));
  return sortFindings(findings.filter((finding) => !isPartOf(finding, findings)));
}

/** Who begins anew asks anew, and who repeats itself hands in the same again: each is one failure, told once. */
function isPartOf({ mode, agent, step = 0 }: Finding, findings: readonly Finding[]): boolean {
  if (mode === '1.4') return findings.some((other) => other.mode === '2.1' && other.step === step);
  if (mode !== '2.5') return false;
  return findings.some((other) => other.mode === '1.3' && other.agent === agent && (other.step ?? step + 1) <= step);
}

/** By step, those without one last; then by mode. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.mode < b.mode ? -1 : 1));
}

function placeOf({ step }: Finding): number {
  return step ?? Number.MAX_SAFE_INTEGER;
}
