/** The port of checks that a model makes. The verifier knows nothing of models; the engine hands it these. */
import type { Json } from '../json.ts';
import type { AcceptCheck } from '../plan/plan.ts';
import type { CheckOutcome } from './verdict-parts.ts';

/** The critic of a team is the role of this name unless the check names another. */
export const defaultCritic = 'critic';

export type CriticCheck = Extract<AcceptCheck, { kind: 'critic' }>;
export type RubricCheck = Extract<AcceptCheck, { kind: 'rubric' }>;

export interface Judges {
  /** A role that tries to refute the result with its tools. */
  critic: (check: CriticCheck, output: Json) => Promise<CheckOutcome>;
  /** A model that grades the result. */
  rubric: (check: RubricCheck, output: Json) => Promise<CheckOutcome>;
}
