/** What one check says before it becomes evidence. */
export type CheckOutcome =
  | { kind: 'passed'; detail: string }
  | { kind: 'failed'; detail: string }
  /** The check could not be made. */
  | { kind: 'undecided'; detail: string };
