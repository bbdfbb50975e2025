/**
 * Where a reader of a run's events is, as the id of an event: how far it has read the run, and each sub-team's run that is
 * not read to its end yet. `12` for a run without sub-teams, `12,release.1:5` with one at its fifth event.
 *
 * A sub-team's run that is not named is read whole when its parent has been read to the end of the attempt, and not at all
 * otherwise. So an id stays short however many sub-teams have come and gone.
 */

export interface EventCursor {
  /** Of the run itself. */
  seq: number;
  /** By run id. */
  below: Map<string, number>;
}

const maxLength = 100_000;

export function writeCursor({ seq, below }: Readonly<EventCursor>, rootRunId: string): string {
  let text = String(seq);
  for (const [runId, at] of below) text += `,${runId.slice(rootRunId.length + 1)}:${at}`;
  return text;
}

/** null for a text that no cursor of this run is. */
export function readCursor(text: string, rootRunId: string): EventCursor | null {
  if (text.length > maxLength) return null;
  const [first = '', ...others] = text.split(',');
  if (!isSeq(first)) return null;
  const below = new Map<string, number>();
  for (const other of others) {
    const at = other.lastIndexOf(':');
    const seq = other.slice(at + 1);
    if (at < 1 || !isSeq(seq)) return null;
    below.set(`${rootRunId}.${other.slice(0, at)}`, Number(seq));
  }
  return { seq: Number(first), below };
}

function isSeq(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
