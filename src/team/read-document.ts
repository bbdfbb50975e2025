/** The text of a team file as a value whose every part can be located. YAML 1.2; JSON is read as the YAML it is. */
import {
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import type { SourceLocation } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { dottedPath, type Finding, type PathSegment } from './team-problems.ts';

/** Characters of one team file. */
export const maxTeamFileLength = 500_000;
const maxTokens = 400_000;
/** The parser's time grows with the square of these and worse, so they are counted before it runs. */
const maxAliases = 100;
const maxFlowDepth = 64;
/** Columns; each level of a block stands further to the right, so this bounds its depth. */
const maxIndent = 200;
/** Finding a place takes time linear in the text; later ones get the file and the path only. */
const maxLocated = 200;

/** A value and where its parts stand. */
export interface LocatedValue {
  value: unknown;
  locate(finding: Pick<Finding, 'path' | 'at'>): SourceLocation;
}

export type DocumentReading =
  | ({ kind: 'read' } & LocatedValue)
  | { kind: 'refused'; problems: { message: string; location: SourceLocation }[] };

type Refusal = Extract<DocumentReading, { kind: 'refused' }>;

/** Never throws, whatever the text. */
export function readDocument(text: string, file: string): DocumentReading {
  if (text.length > maxTeamFileLength) return refuse(file, `the file is larger than ${maxTeamFileLength} characters`);
  const lineCounter = new LineCounter();
  const place = (offset: number): SourceLocation => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const danger = findDanger(text, file);
  if (danger !== null) return danger;
  try {
    const document = parseDocument(text, {
      lineCounter,
      uniqueKeys: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    const faults = [...document.errors, ...document.warnings].slice(0, 20);
    if (faults.length > 0) {
      return {
        kind: 'refused',
        problems: faults.map((fault) => ({ message: `not valid YAML: ${fault.message}`, location: place(fault.pos[0]) })),
      };
    }
    const misuses = findMisuses(document).slice(0, 20);
    if (misuses.length > 0) {
      const located = misuses.map(({ path, offset, message }) => ({
        message,
        location: { ...place(offset), path: dottedPath(path) },
      }));
      return { kind: 'refused', problems: located };
    }
    let located = 0;
    return {
      kind: 'read',
      value: document.toJS({ maxAliasCount: maxAliases }),
      locate: ({ path, at }) => {
        located += 1;
        if (located > maxLocated) return { file, path: dottedPath(path) };
        return { ...place(findOffset(document, path, at ?? 'value')), path: dottedPath(path) };
      },
    };
  } catch (thrown) {
    if (thrown instanceof ReferenceError) return refuse(file, 'the aliases (*name) expand to too much');
    if (thrown instanceof RangeError) return refuse(file, 'the file is nested too deeply');
    return refuse(file, `not valid YAML: ${thrown instanceof Error ? thrown.message : quoteText(String(thrown))}`);
  }
}

function refuse(file: string, message: string, place = { line: 1, column: 1 }): Refusal {
  return { kind: 'refused', problems: [{ message, location: { file, ...place } }] };
}

/** One linear pass over the tokens for what would keep the parser busy for minutes. */
function findDanger(text: string, file: string): Refusal | null {
  let tokens = 0;
  let aliases = 0;
  let flowDepth = 0;
  const place = { line: 1, column: 1 };
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > maxTokens) return refuse(file, `the file has more than ${maxTokens} tokens`);
    const type: CST.TokenType | null = isText ? null : CST.tokenType(token);
    isText = type === 'scalar';
    if (type === 'alias') aliases += 1;
    if (type === 'flow-seq-start' || type === 'flow-map-start') flowDepth += 1;
    if (type === 'flow-seq-end' || type === 'flow-map-end') flowDepth -= 1;
    if (aliases > maxAliases) return refuse(file, `the file uses more than ${maxAliases} aliases (*name)`, place);
    if (flowDepth > maxFlowDepth) return refuse(file, `brackets are nested more than ${maxFlowDepth} deep`, place);
    const indent = type === 'space' && place.column === 1 ? token.length : type === 'seq-item-ind' ? place.column : 0;
    if (indent > maxIndent) return refuse(file, `the file is indented by more than ${maxIndent} columns`, place);
    if (type === 'explicit-key-ind') return refuse(file, 'a key marked with "?" is not supported; write `key: value`', place);
    if (type === null || !signals.has(type)) advance(place, token);
  }
  return null;
}

/** Tokens that stand for no character of the text. After `scalar` comes the text of one, whatever it looks like. */
const signals = new Set(['byte-order-mark', 'doc-mode', 'flow-error-end', 'scalar']);

function advance(place: { line: number; column: number }, token: string): void {
  let lineStart = 0;
  for (let at = token.indexOf('\n'); at >= 0; at = token.indexOf('\n', lineStart)) {
    place.line += 1;
    place.column = 1;
    lineStart = at + 1;
  }
  place.column += token.length - lineStart;
}

interface Misuse {
  path: PathSegment[];
  offset: number;
  message: string;
}

/** Keys that stand twice in one mapping, and aliases of nothing: valid syntax, but never meant. */
function findMisuses(document: Document): Misuse[] {
  const misuses: Misuse[] = [];
  const pending: { node: unknown; path: PathSegment[] }[] = [{ node: document.contents, path: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path } = next;
    if (isAlias(node) && node.resolve(document) === undefined) {
      misuses.push({ path, offset: offsetOf(node) ?? 0, message: `there is no anchor &${node.source} before this alias` });
    }
    if (isSeq(node)) node.items.forEach((item, index) => pending.push({ node: item, path: [...path, index] }));
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (seen.has(key))
        misuses.push({ path: [...path, key], offset: offsetOf(pair.key) ?? 0, message: 'the key stands here twice' });
      seen.add(key);
      pending.push({ node: pair.value, path: [...path, key] });
    }
  }
  return misuses.toSorted((a, b) => a.offset - b.offset);
}

/** Of the deepest part of the path that the text has: its value, or the key that leads to it. */
function findOffset(document: Document, path: readonly PathSegment[], at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let keyOffset = offsetOf(node) ?? 0;
  for (const segment of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    if (isMap(container)) {
      const pair = container.items.find((item) => keyOf(item) === String(segment));
      if (pair === undefined) return keyOffset;
      keyOffset = offsetOf(pair.key) ?? keyOffset;
      node = pair.value;
    } else if (isSeq(container) && typeof segment === 'number' && segment < container.items.length) {
      node = container.items[segment];
      keyOffset = offsetOf(node) ?? keyOffset;
    } else {
      return keyOffset;
    }
  }
  return at === 'key' || isEmpty(node) ? keyOffset : (offsetOf(node) ?? keyOffset);
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}
