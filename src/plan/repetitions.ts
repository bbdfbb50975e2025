/** The list itself when nothing in it occurs twice: most lists of dependencies are short and have no repetitions. */
export function withoutRepetitions(list: readonly string[]): readonly string[] {
  if (list.length < 2) return list;
  const distinct = new Set(list);
  return distinct.size === list.length ? list : [...distinct];
}
