/** What it takes to follow JSON in a text that comes character by character. */

export type Opener = '{' | '[' | '"';

/** Counts brackets outside strings; brackets of either kind close each other: whether the value is valid is for its parser. */
export class JsonNesting {
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** A value begins with this character. */
  open(opener: Opener): void {
    this.#inString = opener === '"';
    this.#depth = this.#inString ? 0 : 1;
    this.#escaped = false;
  }

  /** True for the last character of the value. */
  closes(char: string): boolean {
    if (this.#escaped) {
      this.#escaped = false;
      return false;
    }
    if (this.#inString) {
      this.#escaped = char === '\\';
      this.#inString = char !== '"';
      return !this.#inString && this.#depth === 0;
    }
    if (char === '"') this.#inString = true;
    else if (char === '{' || char === '[') this.#depth++;
    else if (char === '}' || char === ']') this.#depth--;
    return this.#depth === 0;
  }
}

/** Recognizes a tag whose first character occurs in it once. */
export class TagMatch {
  readonly #tag: string;
  #matched = 0;

  constructor(tag: string) {
    this.#tag = tag;
  }

  /** True for the last character of the tag. */
  matches(char: string): boolean {
    if (char === this.#tag[this.#matched]) this.#matched++;
    else this.#matched = char === this.#tag[0] ? 1 : 0;
    return this.#matched === this.#tag.length;
  }
}

/** undefined for what is not JSON; JSON itself has no undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}

export function isScalarPart(char: string): boolean {
  return /[\w.+-]/.test(char);
}
