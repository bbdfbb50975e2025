/**
 * How one budget is shared out: everyone an equal part; who needs less gets all it needs, and the rest is shared among the
 * others. Small results so arrive whole, and large ones are cut to the same size.
 * @param sizes What each needs, ≥ 0.
 * @returns what each gets, in the same order: at most its size, and at most `total` together.
 */
export function shareOut(sizes: readonly number[], total: number): number[] {
  const shares = sizes.map(() => 0);
  // By size, then by place: the same sizes always give the same shares.
  const order = sizes.map((size, at) => ({ size, at })).toSorted((a, b) => a.size - b.size || a.at - b.at);
  let left = Math.max(0, total);
  order.forEach(({ size, at }, done) => {
    const part = Math.min(size, Math.floor(left / (order.length - done)));
    shares[at] = part;
    left -= part;
  });
  return shares;
}
