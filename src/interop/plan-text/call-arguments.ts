/**
 * The arguments of a call as LLMCompiler's planners write them: Python's literals or JSON's, `name=value` among them, `$1` bare or in
 * quotes. Brackets and quotes that are open at the end count as closed there.
 */
import type { Json } from '../../json.ts';

export interface CallArguments {
  values: Json[];
  /** Those with a name. */
  named: { [name: string]: Json };
}

const maxDepth = 50;
const words: Readonly<Record<string, Json>> = { True: true, False: false, None: null, true: true, false: false, null: null };
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
};
const closings: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };

/** null: not such a list; it is a text then. */
export function readCallArguments(text: string): CallArguments | null {
  try {
    return new ArgumentReader(text).read();
  } catch (thrown) {
    if (thrown instanceof NotArguments) return null;
    throw thrown;
  }
}

/** A text that is no list of arguments, without the quotes around all of it. */
export function takeOffQuotes(text: string): string {
  const trimmed = text.trim();
  const [quote] = trimmed;
  const isQuoted = trimmed.length > 1 && (quote === '"' || quote === "'") && trimmed.endsWith(quote);
  return isQuoted ? trimmed.slice(1, -1) : trimmed;
}

class NotArguments extends Error {}

class ArgumentReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): CallArguments {
    const values: Json[] = [];
    const named: [string, Json][] = [];
    while (!this.#isOver()) {
      const name = this.#take(/([A-Za-z_]\w{0,99})\s{0,100}=(?!=)\s{0,100}/y)?.[1];
      const value = this.#readValue(0);
      if (name === undefined) values.push(value);
      else named.push([name, value]);
      this.#readComma();
    }
    return { values, named: Object.fromEntries(named) };
  }

  #readValue(depth: number): Json {
    if (depth > maxDepth) throw new NotArguments();
    this.#skipSpace();
    const character = this.#text.charAt(this.#at);
    if (character === '"' || character === "'") return this.#readText(character);
    if (character === '[' || character === '(') return this.#readList(character, depth);
    if (character === '{') return this.#readRecord(depth);
    const reference = this.#take(/\$(?:\{\d{1,9}\}|\d{1,9}(?!\w))/y);
    if (reference !== null) return reference[0];
    const number = this.#take(/-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][-+]?\d{1,3})?(?![\w.])/y);
    if (number !== null) return Number(number[0]);
    const word = this.#take(/(?:True|False|None|true|false|null)(?!\w)/y);
    if (word !== null) return words[word[0]] ?? null;
    throw new NotArguments();
  }

  #readText(quote: string): string {
    let text = '';
    for (this.#at += 1; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at);
      if (character === quote) {
        this.#at += 1;
        return text;
      }
      text += character === '\\' ? this.#readEscape() : character;
    }
    return text;
  }

  /** Stands on its last character afterwards. An escape that is none is text. */
  #readEscape(): string {
    this.#at += 1;
    const character = this.#text.charAt(this.#at);
    const code = character === 'u' ? /^[0-9a-fA-F]{4}/.exec(this.#text.slice(this.#at + 1, this.#at + 5)) : null;
    if (code !== null) {
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(code[0], 16));
    }
    return (Object.hasOwn(escapes, character) ? escapes[character] : undefined) ?? `\\${character}`;
  }

  #readList(opening: string, depth: number): Json[] {
    const items: Json[] = [];
    this.#at += 1;
    while (!this.#ends(closings[opening] ?? '')) {
      items.push(this.#readValue(depth + 1));
      if (!this.#isAt(closings[opening] ?? '')) this.#readComma();
    }
    return items;
  }

  #readRecord(depth: number): { [key: string]: Json } {
    const entries: [string, Json][] = [];
    this.#at += 1;
    while (!this.#ends('}')) {
      const key = this.#readValue(depth + 1);
      this.#skipSpace();
      if (typeof key !== 'string' || this.#take(/:/y) === null) throw new NotArguments();
      entries.push([key, this.#readValue(depth + 1)]);
      if (!this.#isAt('}')) this.#readComma();
    }
    return Object.fromEntries(entries);
  }

  /** At the closing bracket, which is taken, or at the end of everything. */
  #ends(closing: string): boolean {
    if (this.#isOver()) return true;
    if (!this.#isAt(closing)) return false;
    this.#at += 1;
    return true;
  }

  #isAt(character: string): boolean {
    this.#skipSpace();
    return this.#text.charAt(this.#at) === character;
  }

  #readComma(): void {
    if (!this.#isOver() && this.#take(/,/y) === null) throw new NotArguments();
  }

  #isOver(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  #skipSpace(): void {
    this.#take(/\s+/y);
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
}
