/**
 * A folder of documents: what it holds, its lines as they are now, and a search over its sentences.
 *
 * 1. Nothing outside the root is read (read-inside.ts).
 * 2. `readLines` reads the file at every call: what it returns is the file now.
 * 3. A search sees the folder as it is when the search begins: every search looks at names, sizes and times of change and reads
 *    again what differs. Searches that arrive meanwhile share one look.
 */
import { realpath, stat } from 'node:fs/promises';
import { PlanwrightError } from '../errors.ts';
import type { DocumentKind } from './document-kind.ts';
import { commentText, plainMarkdown } from './line-forms.ts';
import { readInside } from './read-inside.ts';
import { decodeText, readableLines } from './readable-lines.ts';
import { SearchIndex, type SearchResult } from './search-index.ts';
import type { Unit } from './unit.ts';
import { unitsOf } from './units-of.ts';
import { type FoundFile, type LeftOut, LeftOutCounter, walkFolder } from './walk-folder.ts';

export interface ListedDocument {
  /** Relative to the root, with forward slashes. */
  path: string;
  /** Raw lines. */
  lines: number;
  /** Its first heading, `<title>` or comment; at most 100 characters. */
  title: string | null;
}

export interface DocumentListing {
  /** By path. */
  files: ListedDocument[];
  leftOut: LeftOut[];
}

export interface LineRange {
  path: string;
  totalLines: number;
  /** Readable text of raw lines `from` to `to`; fewer when the file ends before. */
  lines: string[];
}

interface ReadDocument {
  stamp: string;
  /** Null for a binary file. */
  content: { listed: ListedDocument; units: Unit[] } | null;
}

interface Snapshot {
  key: string;
  documents: { listed: ListedDocument; units: Unit[] }[];
  leftOut: LeftOut[];
  index?: Promise<SearchIndex>;
}

/** Files opened at once. */
const filesAtOnce = 16;

export class DocumentFolder {
  /** Its real path. */
  readonly root: string;
  readonly #documents = new Map<string, ReadDocument>();
  #snapshot: Snapshot | undefined;
  #looking: Promise<Snapshot> | undefined;
  /** The last file read, parsed: a check reads the same file line by line. */
  #lastRead: { path: string; bytes: Buffer; lines: string[] } | undefined;

  /** Use `openDocumentFolder`, which shares folders. @param root its real path. */
  constructor(root: string) {
    this.root = root;
  }

  async list(): Promise<DocumentListing> {
    const { documents, leftOut } = await this.#look();
    return { files: documents.map(({ listed }) => listed), leftOut };
  }

  /** Every unit, by path and line. */
  async units(): Promise<Unit[]> {
    const { documents } = await this.#look();
    return documents.flatMap(({ units }) => units);
  }

  async search(query: string, limit: number): Promise<SearchResult> {
    const snapshot = await this.#look();
    snapshot.index ??= SearchIndex.build(snapshot.documents.map(({ units }) => units));
    const index = await snapshot.index;
    return index.search(query, limit);
  }

  /**
   * @param from first raw line, from 1. @param to last one; beyond the end is no error.
   * @throws PlanwrightError `path-outside-root`, or `usage` when there is no such document.
   */
  async readLines(path: string, from: number, to: number): Promise<LineRange> {
    const { path: inside, kind, bytes } = await readInside(this.root, path);
    let last = this.#lastRead;
    if (last?.path !== inside || !last.bytes.equals(bytes)) {
      const text = decodeText(bytes);
      if (text === undefined) throw new PlanwrightError('usage', `"${inside}" is a binary file and is not read.`);
      last = { path: inside, bytes, lines: readableLines(text, kind) };
      this.#lastRead = last;
    }
    return { path: inside, totalLines: last.lines.length, lines: last.lines.slice(Math.max(0, from - 1), Math.max(0, to)) };
  }

  #look(): Promise<Snapshot> {
    this.#looking ??= this.#takeSnapshot().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #takeSnapshot(): Promise<Snapshot> {
    const { files, leftOut } = await walkFolder(this.root);
    const key = JSON.stringify([files.map(({ path, stamp }) => [path, stamp]), leftOut]);
    if (this.#snapshot?.key === key) return this.#snapshot;
    const unreadable = new LeftOutCounter();
    const documents: Snapshot['documents'] = [];
    for (let start = 0; start < files.length; start += filesAtOnce) {
      const batch = files.slice(start, start + filesAtOnce);
      const reads = await Promise.all(batch.map((file) => this.#read(file).catch(() => undefined)));
      for (const [index, read] of reads.entries()) {
        const path = batch[index]?.path ?? '';
        if (read === undefined) unreadable.add('unreadable', path);
        else if (read.content === null) unreadable.add('binary', path);
        else documents.push(read.content);
      }
    }
    const present = new Set(files.map(({ path }) => path));
    for (const path of this.#documents.keys()) if (!present.has(path)) this.#documents.delete(path);
    this.#snapshot = { key, documents, leftOut: mergeLeftOut(leftOut, unreadable.list()) };
    return this.#snapshot;
  }

  async #read({ path, stamp }: FoundFile): Promise<ReadDocument> {
    const known = this.#documents.get(path);
    if (known?.stamp === stamp) return known;
    const { kind, bytes } = await readInside(this.root, path);
    const text = decodeText(bytes);
    const read: ReadDocument = { stamp, content: text === undefined ? null : parseDocument(path, kind, text) };
    this.#documents.set(path, read);
    return read;
  }
}

function parseDocument(path: string, kind: DocumentKind, text: string): { listed: ListedDocument; units: Unit[] } {
  const units = unitsOf(path, kind, text);
  const lines = readableLines(text, kind);
  return { listed: { path, lines: lines.length, title: titleOf(kind, lines, units) }, units };
}

function titleOf(kind: DocumentKind, lines: string[], units: Unit[]): string | null {
  const first = lines.slice(0, 50);
  let title: string | undefined;
  if (kind === 'markdown')
    title = first.find((line) => /^\s{0,3}#{1,6}\s/.test(line)) ?? first.find((line) => line.trim() !== '');
  else if (kind === 'html' || kind === 'text') title = units[0]?.text;
  else if (kind === 'source')
    title = first.find(
      (line) => /^\s*(?:\/\/|\/\*|#(?!!|include)|--|"""|<!--).*\p{L}/u.test(line) || /^\s*\*\s.*\p{L}/u.test(line),
    );
  const plain = kind === 'markdown' ? plainMarkdown(title ?? '') : kind === 'source' ? commentText(title ?? '') : (title ?? '');
  return plain === '' ? null : plain.replace(/\s+/g, ' ').slice(0, 100);
}

function mergeLeftOut(walked: LeftOut[], read: LeftOut[]): LeftOut[] {
  const counter = new Map<string, LeftOut>();
  for (const entry of [...walked, ...read]) {
    const known = counter.get(entry.reason);
    const examples = [...(known?.examples ?? []), ...entry.examples].slice(0, 3);
    counter.set(entry.reason, { reason: entry.reason, count: (known?.count ?? 0) + entry.count, examples });
  }
  return [...counter.values()];
}

/** Folders kept open at once; the one unused for longest is forgotten. */
const maxOpenFolders = 8;
const openFolders = new Map<string, DocumentFolder>();

/**
 * The folder at `root`; one object for all callers of this process that name the same real folder.
 * @throws PlanwrightError `usage` when it is not a folder that can be read.
 */
export async function openDocumentFolder(root: string): Promise<DocumentFolder> {
  const real = await realpath(root).catch((error: unknown) => {
    throw new PlanwrightError('usage', `Folder "${root}" cannot be opened. Name a folder that exists with --files DIR.`, {
      cause: error,
    });
  });
  const isFolder = (await stat(real)).isDirectory();
  if (!isFolder) throw new PlanwrightError('usage', `"${root}" is a file. Name the folder that holds it with --files DIR.`);
  const folder = openFolders.get(real) ?? new DocumentFolder(real);
  openFolders.delete(real);
  openFolders.set(real, folder);
  const oldest = openFolders.keys().next().value;
  if (openFolders.size > maxOpenFolders && oldest !== undefined) openFolders.delete(oldest);
  return folder;
}
