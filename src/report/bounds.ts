/** Pages stay small whatever they are made of: lists and texts are cut, and the page says by how much. */
import { formatCount } from './numbers.ts';

/** Entries that a page shows of each list. */
export const mostEntries = {
  words: 20,
  notes: 20,
  arms: 40,
  armsDrawn: 12,
  classes: 100,
  classesDrawn: 15,
  /** Arms whose reliability is told, and of each the roles, and as many stages. */
  armsWithReliability: 6,
  parts: 24,
  partsDrawn: 12,
  discordant: 200,
  runs: 50,
  /** Of one run, those of its sub-teams included. */
  subtasks: 100,
  /** Of a run's own page: runs of sub-teams whose texts are shown, subtasks of each, those that are drawn, and what is shown of one. */
  runsTold: 50,
  subtasksTold: 500,
  subtasksDrawn: 500,
  rowsOfTime: 500,
  calls: 40,
  handed: 20,
  evidence: 20,
} as const;

/** Characters that a page shows of each text. */
export const mostCharacters = {
  title: 300,
  sentence: 500,
  name: 80,
  runId: 60,
  command: 2000,
  task: 2000,
  error: 500,
  deliverable: 4000,
  /** On a run's own page. */
  wholeDeliverable: 200_000,
  instruction: 4000,
  handed: 2000,
  output: 8000,
  answer: 1000,
} as const;

/** UTF-8, of all runs together. */
export const mostRunBytes = 600_000;
/** UTF-8, of all subtasks on a run's own page. */
export const mostSubtaskBytes = 4_000_000;

export function takeFirst<Item>(items: readonly Item[], most: number): { shown: Item[]; left: number } {
  return { shown: items.slice(0, most), left: Math.max(0, items.length - most) };
}

/** `12 more classes are not shown.`; null when none is left out. */
export function sayLeftOut(left: number, noun: string, plural = `${noun}s`): string | null {
  if (left === 0) return null;
  return left === 1 ? `1 more ${noun} is not shown.` : `${formatCount(left)} more ${plural} are not shown.`;
}
