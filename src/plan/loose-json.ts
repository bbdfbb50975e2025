/**
 * Reads JSON as language models write it. Slips of notation are mended and named; where a mend would have to guess what
 * was meant (a bare word as a value, an ellipsis for elements left out), the text is unreadable instead. Linear in the
 * text, whatever it is: general repair libraries take minutes for some inputs of 30 kB.
 */
import type { Json } from '../json.ts';

export type LooseRead =
  | {
      kind: 'read';
      value: Json;
      /** Offset behind the value. */
      end: number;
      /** What was mended, once each. */
      repairs: string[];
      /** The text ended inside the value. A scalar that was cut is left out. */
      truncated: boolean;
      /** The lists and objects that were open when the text ended. */
      cut: ReadonlySet<object>;
    }
  | { kind: 'unreadable'; message: string /** Offset. */; at: number };

const maxDepth = 100;
const closingQuotes: Record<string, string> = { '"': '"', "'": "'", '“': '”' };
const escapes: Record<string, string> = { '"': '"', "'": "'", '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const words: Record<string, boolean | null> = { true: true, false: false, null: null, True: true, False: false, None: null };
const ended = Symbol('the text ended');

/** Reads the list or object that begins at `start`. */
export function readLooseJson(text: string, start: number): LooseRead {
  return new LooseReader(text, start).read();
}

class Unreadable extends Error {}

class LooseReader {
  readonly #text: string;
  readonly #repairs = new Set<string>();
  readonly #cut = new Set<object>();
  #at: number;
  #depth = 0;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  read(): LooseRead {
    try {
      const value = this.#readValue('outermost');
      if (value === ended) return { kind: 'unreadable', message: 'the text ends here', at: this.#at };
      return { kind: 'read', value, end: this.#at, repairs: [...this.#repairs], truncated: this.#cut.size > 0, cut: this.#cut };
    } catch (thrown) {
      if (!(thrown instanceof Unreadable)) throw thrown;
      return { kind: 'unreadable', message: thrown.message, at: this.#at };
    }
  }

  #readValue(within: 'outermost' | 'list' | 'object'): Json | typeof ended {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === undefined) return ended;
    if (first === '{' || first === '[') {
      if (++this.#depth > maxDepth) throw new Unreadable(`nested deeper than ${maxDepth} levels`);
      const container = first === '{' ? this.#readObject(within) : this.#readList(within);
      this.#depth--;
      return container;
    }
    if (Object.hasOwn(closingQuotes, first)) return this.#readString(first, 'value');
    return first === '-' || (first >= '0' && first <= '9') ? this.#readNumber() : this.#readWord();
  }

  #readObject(within: string): Json {
    const object: { [key: string]: Json } = {};
    this.#at++;
    while (!this.#isClosed(object, '}', within)) {
      const key = this.#readKey();
      if (key === ended) return this.#markCut(object);
      this.#skipSpace();
      if (this.#at >= this.#text.length) return this.#markCut(object);
      if (this.#text[this.#at] !== ':') throw new Unreadable('expected a colon');
      this.#at++;
      const value = this.#readValue('object');
      if (value === ended) return this.#markCut(object);
      // Unlike an assignment this makes even `__proto__` an ordinary key.
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      this.#readSeparator('}');
    }
    return object;
  }

  #readList(within: string): Json {
    const list: Json[] = [];
    this.#at++;
    while (!this.#isClosed(list, ']', within)) {
      const value = this.#readValue('list');
      if (value === ended) return this.#markCut(list);
      list.push(value);
      this.#readSeparator(']');
    }
    return list;
  }

  #isClosed(container: object, closer: '}' | ']', within: string): boolean {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === undefined) {
      this.#cut.add(container);
      return true;
    }
    if (next === closer) {
      this.#at++;
      return true;
    }
    // The other bracket closes what stands around: this one's own is missing.
    if ((next === ']' && within === 'list') || (next === '}' && within === 'object')) {
      this.#repairs.add('added a missing bracket');
      return true;
    }
    return false;
  }

  #readSeparator(closer: '}' | ']'): void {
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === undefined || next === '}' || next === ']') return;
    if (next !== ',') {
      this.#repairs.add('added a missing comma');
      return;
    }
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === closer) this.#repairs.add('removed a trailing comma');
  }

  #readKey(): string | typeof ended {
    const first = this.#text[this.#at] ?? '';
    if (Object.hasOwn(closingQuotes, first)) return this.#readString(first, 'key');
    const bare = this.#match(/[\p{L}_$][\p{L}\p{N}_$-]*/uy);
    if (bare === '') throw new Unreadable('expected a key');
    this.#repairs.add('added quotation marks to a key');
    return bare;
  }

  #readString(opener: string, role: 'key' | 'value'): string | typeof ended {
    const closer = closingQuotes[opener] ?? opener;
    if (opener !== '"') this.#repairs.add('replaced quotation marks');
    const parts: string[] = [];
    let from = ++this.#at;
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined) return ended;
      if (next === closer && (role === 'key' || this.#closesValue())) break;
      if (next === closer) this.#repairs.add('escaped a quotation mark');
      if (next < ' ') this.#repairs.add('escaped a line break');
      if (next === '\\') {
        parts.push(this.#text.slice(from, this.#at), this.#readEscape());
        from = this.#at;
      } else this.#at++;
    }
    parts.push(this.#text.slice(from, this.#at));
    this.#at++;
    return parts.join('');
  }

  /** A quotation mark ends a value only where JSON could go on behind it. In valid JSON every one does. */
  #closesValue(): boolean {
    let at = this.#at + 1;
    let newLine = false;
    for (; isSpace(this.#text.charCodeAt(at)); at++) newLine ||= this.#text[at] === '\n';
    const next = this.#text[at];
    if (next === undefined || next === ',' || next === '}' || next === ']') return true;
    return newLine || (next === '/' && (this.#text[at + 1] === '/' || this.#text[at + 1] === '*'));
  }

  #readEscape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    const plain = escapes[letter];
    if (plain !== undefined) {
      this.#at += 2;
      return plain;
    }
    const code = /^[0-9a-fA-F]{4}$/.exec(this.#text.slice(this.#at + 2, this.#at + 6));
    if (letter === 'u' && code !== null) {
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(code[0], 16));
    }
    this.#at++;
    this.#repairs.add('escaped a backslash');
    return '\\';
  }

  #readNumber(): Json | typeof ended {
    const digits = this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (this.#at >= this.#text.length) return ended;
    const value = Number(digits);
    if (digits === '' || !Number.isFinite(value) || /[\w.+-]/.test(this.#text[this.#at] ?? ''))
      throw new Unreadable('expected a number');
    return value;
  }

  #readWord(): Json | typeof ended {
    const start = this.#at;
    const word = this.#match(/[A-Za-z]+/y);
    if (word !== '' && this.#at >= this.#text.length) return ended;
    const value = Object.hasOwn(words, word) ? words[word] : undefined;
    if (value === undefined) {
      this.#at = start;
      throw new Unreadable('expected a value');
    }
    if (word !== String(value)) this.#repairs.add('replaced True, False or None');
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
      if (this.#text[this.#at] !== '/') return;
      const second = this.#text[this.#at + 1];
      if (second !== '/' && second !== '*') return;
      const close = second === '/' ? this.#text.indexOf('\n', this.#at) : this.#text.indexOf('*/', this.#at + 2);
      this.#at = close === -1 ? this.#text.length : close + (second === '/' ? 1 : 2);
      this.#repairs.add('removed comments');
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #markCut(container: Json): Json {
    if (typeof container === 'object' && container !== null) this.#cut.add(container);
    return container;
  }
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xa0;
}
