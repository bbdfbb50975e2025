/** The text of a team file as a value whose every part can be located. YAML 1.2; JSON is read as the YAML it is. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { SourceLocation } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { findYamlDanger, maxAliases } from '../plan/yaml-danger.ts';
import { dottedPath, type Finding, type PathSegment } from './team-problems.ts';

/** Characters of one team file. */
export const maxTeamFileLength = 500_000;
const maxTokens = 400_000;
/** Finding a place takes time linear in the text; later ones get the file and the path only. */
const maxLocated = 200;

/** A value and where its parts stand. */
export interface LocatedValue {
  value: unknown;
  locate(finding: Pick<Finding, 'path' | 'at'>): SourceLocation;
}

export interface ReadDocumentOptions {
  /** What a key that stands twice in one mapping means. `last`: its last value, as for most YAML readers. Default `refuse`. */
  duplicateKeys?: 'refuse' | 'last';
}

export type DocumentReading =
  /** `duplicates`: keys that stand twice, where they are not refused. */
  | ({ kind: 'read'; duplicates: { path: PathSegment[]; location: SourceLocation }[] } & LocatedValue)
  | { kind: 'refused'; problems: { message: string; location: SourceLocation }[] };

type Refusal = Extract<DocumentReading, { kind: 'refused' }>;

/** Never throws, whatever the text. */
export function readDocument(
  text: string,
  file: string,
  { duplicateKeys = 'refuse' }: ReadDocumentOptions = {},
): DocumentReading {
  if (text.length > maxTeamFileLength) return refuse(file, `the file is larger than ${maxTeamFileLength} characters`);
  const lineCounter = new LineCounter();
  const place = (offset: number): SourceLocation => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const danger = findYamlDanger(text, maxTokens);
  if (danger !== null) return refuse(file, danger.message, danger);
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
    const found = findMisuses(document);
    const isAllowed = ({ isDuplicate }: Misuse): boolean => isDuplicate && duplicateKeys === 'last';
    const misuses = found.filter((misuse) => !isAllowed(misuse)).slice(0, 20);
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
      duplicates: found
        .filter(isAllowed)
        .slice(0, maxLocated)
        .map(({ path, offset }) => ({ path, location: place(offset) })),
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

function refuse(file: string, message: string, { line, column } = { line: 1, column: 1 }): Refusal {
  return { kind: 'refused', problems: [{ message, location: { file, line, column } }] };
}

interface Misuse {
  path: PathSegment[];
  offset: number;
  message: string;
  isDuplicate: boolean;
}

/** Keys that stand twice in one mapping, and aliases of nothing: valid syntax, but never meant. */
function findMisuses(document: Document): Misuse[] {
  const misuses: Misuse[] = [];
  const pending: { node: unknown; path: PathSegment[] }[] = [{ node: document.contents, path: [] }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path } = next;
    if (isAlias(node) && node.resolve(document) === undefined) {
      misuses.push({
        path,
        offset: offsetOf(node) ?? 0,
        message: `there is no anchor &${node.source} before this alias`,
        isDuplicate: false,
      });
    }
    if (isSeq(node)) node.items.forEach((item, index) => pending.push({ node: item, path: [...path, index] }));
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair);
      if (seen.has(key))
        misuses.push({
          path: [...path, key],
          offset: offsetOf(pair.key) ?? 0,
          message: 'the key stands here twice',
          isDuplicate: true,
        });
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
