/**
 * How one budget is shared out: everyone an equal part; who needs less gets all it needs, and the rest is shared among the
 * others. Small results so arrive whole, and large ones are cut to the same size. Where the equal part is less than `least`,
 * too little to be of use, those that would get it are served one after another, smallest first, as far as it goes.
 * @param sizes What each needs, ≥ 0.
 * @returns what each gets, in the same order: all it needs, at least `least`, or 0; at most `total` together.
 */
export function shareOut(sizes: readonly number[], total: number, least = 0): number[] {
  const shares = sizes.map(() => 0);
  // By size, then by place: the same sizes always give the same shares.
  const order = sizes.map((size, at) => ({ size, at })).toSorted((a, b) => a.size - b.size || a.at - b.at);
  let left = Math.max(0, total);
  let served = 0;
  for (const { size, at } of order) {
    const equal = Math.floor(left / (order.length - served));
    if (size > equal && equal < least) break;
    shares[at] = Math.min(size, equal);
    left -= shares[at];
    served += 1;
  }
  for (const { size, at } of order.slice(served)) {
    const part = Math.min(size, Math.max(least, 0));
    if (part > left) break;
    shares[at] = size <= left ? size : part;
    left -= shares[at];
  }
  return shares;
}
