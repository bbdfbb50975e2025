/** "Did you mean …?": the known id nearest to one that does not exist. */

/** At most this many edits apart, and never more than a third of the length. */
const maxEdits = 3;
/** Cells of edit-distance tables filled in the life of one index: three million take some 0.2 s. */
const workLimit = 3_000_000;

/** Many questions about one set of ids. After `workLimit` it answers only what needs no search. */
export class ClosestId {
  readonly #ids: readonly string[];
  #byLetters: Map<string, string> | undefined;
  #workLeft = workLimit;

  constructor(ids: Iterable<string>) {
    this.#ids = [...ids];
  }

  find(id: string): string | undefined {
    return this.#findSameLetters(id) ?? this.#findFewestEdits(id);
  }

  #findSameLetters(id: string): string | undefined {
    this.#byLetters ??= new Map(this.#ids.map((known) => [lettersOf(known), known]));
    return this.#byLetters.get(lettersOf(id));
  }

  #findFewestEdits(id: string): string | undefined {
    let limit = Math.min(maxEdits, Math.floor(id.length / 3));
    let best: string | undefined;
    for (const known of this.#ids) {
      if (limit < 1 || this.#workLeft <= 0) break;
      this.#workLeft -= 1;
      if (Math.abs(known.length - id.length) > limit) continue;
      this.#workLeft -= (2 * limit + 1) * id.length;
      const edits = countEdits(id, known, limit);
      if (edits > limit) continue;
      best = known;
      limit = edits - 1;
    }
    return best;
  }
}

/** Case, spaces and punctuation set aside. */
function lettersOf(id: string): string {
  return id.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Levenshtein distance, or limit + 1 when it is larger: only the diagonal band of 2 × limit + 1 cells is filled. */
function countEdits(a: string, b: string, limit: number): number {
  const over = limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, column) => Math.min(column, over));
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    const next: number[] = new Array(b.length + 1).fill(over);
    next[0] = Math.min(i, over);
    let least = over;
    for (let j = from; j <= to; j++) {
      const replaced = (row[j - 1] ?? over) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const cell = Math.min(over, replaced, (row[j] ?? over) + 1, (next[j - 1] ?? over) + 1);
      next[j] = cell;
      least = Math.min(least, cell);
    }
    if (least >= over && i > limit) return over;
    row = next;
  }
  return row[b.length] ?? over;
}
