/** From which N on one curve is above the other. Pure. */

export interface Difference {
  /** N, ascending in a list. */
  size: number;
  /** Team − single. */
  value: number;
}

export type Crossing =
  /** The team is ahead beyond this N, at every measured size. */
  | { kind: 'at'; size: number }
  /** The team is ahead at every measured size. */
  | { kind: 'below' }
  /** The team is not ahead at the largest size. */
  | { kind: 'none' };

/** Straight lines between the measured sizes, over log N. */
export function findCrossing(differences: readonly Difference[]): Crossing {
  const last = differences.findLastIndex(({ value }) => value <= 0);
  const from = differences[last];
  if (from === undefined) return { kind: 'below' };
  const to = differences[last + 1];
  if (to === undefined) return { kind: 'none' };
  const part = from.value / (from.value - to.value);
  return { kind: 'at', size: from.size * (to.size / from.size) ** part };
}

/** On the axis of N: `below` is the smallest size, `none` is infinite. */
export function placeOf(crossing: Crossing, smallestSize: number): number {
  switch (crossing.kind) {
    case 'at':
      return crossing.size;
    case 'below':
      return smallestSize;
    case 'none':
      return Number.POSITIVE_INFINITY;
  }
}
