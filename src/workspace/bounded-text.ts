/** Text that grows line by line up to a bound: for people and prompts, which cannot take a megabyte. */
export class BoundedText {
  readonly #lines: string[] = [];
  readonly #maxLineCharacters: number;
  #charactersLeft: number;
  #isFull = false;

  constructor(limits: { maxCharacters: number; maxLineCharacters: number }) {
    this.#charactersLeft = limits.maxCharacters;
    this.#maxLineCharacters = limits.maxLineCharacters;
  }

  /** Whether a line did not fit; from then on none is added. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** @returns false when the line does not fit and is left out. A long line is cut and says how much is missing. */
  add(line: string): boolean {
    const missing = line.length - this.#maxLineCharacters;
    const shown = missing > 0 ? `${line.slice(0, this.#maxLineCharacters).toWellFormed()} … (${missing} more characters)` : line;
    if (this.#isFull || shown.length + 1 > this.#charactersLeft) {
      this.#isFull = true;
      return false;
    }
    this.#charactersLeft -= shown.length + 1;
    this.#lines.push(shown);
    return true;
  }

  /** Every line with its end; `note` is a last line, whether or not it fits. */
  toString(note?: string): string {
    return [...this.#lines, ...(note === undefined ? [] : [note])].map((line) => `${line}\n`).join('');
  }
}
