/** Where values stand in a JSON text, asked by path: the text is scanned only as far as the questions go. */
import type { DocumentPath } from './problem-list.ts';

/** Child name to offset of the child's value. */
type Children = Map<string, number>;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** For a text that JSON.parse accepts. A container is scanned once, when something in it is first asked for. */
export class JsonPositions {
  readonly #text: string;
  readonly #children = new Map<number, Children>();

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the value at `path`, or of the innermost existing value around it. */
  findOffset(path: DocumentPath): number {
    let offset = this.#skipSpace(0);
    for (const key of path) {
      const child = this.#childrenOf(offset).get(String(key));
      if (child === undefined) return offset;
      offset = child;
    }
    return offset;
  }

  #childrenOf(offset: number): Children {
    const known = this.#children.get(offset);
    if (known !== undefined) return known;
    const first = this.#text.charCodeAt(offset);
    const children =
      first === openBrace
        ? this.#scanObject(offset)
        : first === openBracket
          ? this.#scanArray(offset)
          : new Map<string, number>();
    this.#children.set(offset, children);
    return children;
  }

  #scanObject(offset: number): Children {
    const children: Children = new Map();
    let at = this.#skipSpace(offset + 1);
    while (this.#text.charCodeAt(at) === quote) {
      const keyEnd = this.#skipString(at);
      const key: unknown = JSON.parse(this.#text.slice(at, keyEnd));
      const value = this.#skipSpace(this.#skipSpace(keyEnd) + 1);
      children.set(String(key), value);
      at = this.#skipSpace(this.#skipValue(value));
      if (this.#text.charCodeAt(at) === comma) at = this.#skipSpace(at + 1);
    }
    return children;
  }

  #scanArray(offset: number): Children {
    const children: Children = new Map();
    let at = this.#skipSpace(offset + 1);
    while (at < this.#text.length && this.#text.charCodeAt(at) !== closeBracket) {
      children.set(String(children.size), at);
      at = this.#skipSpace(this.#skipValue(at));
      if (this.#text.charCodeAt(at) === comma) at = this.#skipSpace(at + 1);
    }
    return children;
  }

  /** The offset behind the value that starts at `offset`. */
  #skipValue(offset: number): number {
    let depth = 0;
    let at = offset;
    while (at < this.#text.length) {
      const code = this.#text.charCodeAt(at);
      if (code === quote) {
        at = this.#skipString(at);
        if (depth === 0) return at;
        continue;
      }
      if (code === openBrace || code === openBracket) depth++;
      else if (code === closeBrace || code === closeBracket) {
        if (depth === 0) return at;
        depth--;
        if (depth === 0) return at + 1;
      } else if (depth === 0 && (code === comma || code === colon || code <= 0x20)) return at;
      at++;
    }
    return at;
  }

  #skipString(offset: number): number {
    let at = offset + 1;
    while (at < this.#text.length && this.#text.charCodeAt(at) !== quote) at += this.#text.charCodeAt(at) === backslash ? 2 : 1;
    return at + 1;
  }

  #skipSpace(offset: number): number {
    let at = offset;
    while (at < this.#text.length && this.#text.charCodeAt(at) <= 0x20) at++;
    return at;
  }
}
