/** One migration by one arm. */
import type { Migration } from './migrations.ts';
import type { Spending } from './spending.ts';

/** `gate`: chooses and learns as it goes. `split`: what it ended with, as a rule for all migrations. */
export const arms = ['team', 'single', 'gate', 'split'] as const;
export type StudyArm = (typeof arms)[number];

export interface StudyRun {
  migration: Migration;
  arm: StudyArm;
  /** By the held-out check. */
  success: boolean;
  /** Who did it: the arm itself, or the gate's choice. */
  doneBy: 'single' | 'team';
  /** Chosen by the gate to learn, against what it expected. */
  isTry: boolean;
  spending: Spending;
}
