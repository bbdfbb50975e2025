/** What happens between two journaled events: for a terminal or a page to show, lost without harm. */
export type LiveDelta =
  | { type: 'call-started'; subtaskId: string; attempt: number; model: string }
  | { type: 'call-ended'; subtaskId: string; attempt: number; inputTokens: number; outputTokens: number }
  | { type: 'tool-started'; subtaskId: string; attempt: number; tool: string }
  | { type: 'tool-ended'; subtaskId: string; attempt: number; tool: string; ok: boolean };
