/** What one check says before it becomes evidence. */
export type CheckOutcome =
  | { kind: 'passed'; detail: string; receipts?: string[] }
  | { kind: 'failed'; detail: string; receipts?: string[] }
  /** The check could not be made. */
  | { kind: 'undecided'; detail: string };
