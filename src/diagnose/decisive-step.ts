/**
 * The step at which it was decided. Of the findings that name an agent and a step, each weighs its confidence times how far its mode
 * explains a bad outcome (`weight` in mast-modes.ts); the earliest of those that weigh at least 0.75 of the heaviest is decisive, so
 * that a later symptom does not hide its cause and an early weak guess does not take its place. A trace that is known to have
 * succeeded has no decisive step, nor has one in which nothing weighs 0.3.
 */
import type { Finding } from './finding.ts';
import { mastModes } from './mast-modes.ts';
import type { Trace } from './trace.ts';

export interface DecisiveStep {
  agent: string;
  /** As the trace counts. */
  step: number;
}

const least = 0.3;
const nearHeaviest = 0.75;

export function findDecisiveStep({ outcome }: Pick<Trace, 'outcome'>, findings: readonly Finding[]): DecisiveStep | null {
  if (outcome === 'succeeded') return null;
  let heaviest = 0;
  for (const finding of findings) if (placeOf(finding) !== null) heaviest = Math.max(heaviest, weightOf(finding));
  if (heaviest < least) return null;
  let decisive: DecisiveStep | null = null;
  for (const finding of findings) {
    const place = placeOf(finding);
    if (place === null || weightOf(finding) < heaviest * nearHeaviest) continue;
    if (decisive === null || place.step < decisive.step) decisive = place;
  }
  return decisive;
}

function weightOf({ mode, confidence }: Finding): number {
  return mastModes[mode].weight * confidence;
}

function placeOf({ agent, step }: Finding): DecisiveStep | null {
  return agent === undefined || step === undefined ? null : { agent, step };
}
