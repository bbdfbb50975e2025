/** What one check says before it becomes evidence. `facts`: what belongs to the evidence and not to the reason. */
export type CheckOutcome =
  | { kind: 'passed'; detail: string; receipts?: string[]; facts?: string }
  | { kind: 'failed'; detail: string; receipts?: string[]; facts?: string }
  /** The check could not be made. */
  | { kind: 'undecided'; detail: string };
