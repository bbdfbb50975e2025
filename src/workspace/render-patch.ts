/** A patch as text, for people and for prompts: Git's unified diff. While nothing is cut, `git apply` takes it. */
import type { BlobStore } from './blob-store.ts';
import { BoundedText } from './bounded-text.ts';
import { getFile } from './get-file.ts';
import { decodeText, diffLines, splitLines } from './line-edits.ts';
import { afterOf, beforeOf, type Patch, type PatchChange } from './patch.ts';
import type { FileState } from './tree.ts';
import { unifiedHunks } from './unified-diff.ts';

export interface RenderOptions {
  /** Of the whole text, but for a last line that says what is missing. Default 100,000. */
  maxCharacters?: number;
  /** Of one line; a longer one is cut. Default 2,000. */
  maxLineCharacters?: number;
}

const maxNoteCharacters = 1000;

/**
 * Files by path. A file that is no UTF-8 text is named with its sizes. What doesn't fit is counted in a last line.
 * @param blobs Has the contents before and after.
 * @throws {PlanwrightError} as `BlobStore.get`; `usage` when a content has another size than the patch says.
 */
export async function renderPatch(patch: Patch, blobs: BlobStore, options: RenderOptions = {}): Promise<string> {
  const { maxCharacters = 100_000, maxLineCharacters = 2000 } = options;
  const text = new BoundedText({ maxCharacters, maxLineCharacters });
  const changes = patch.changes.filter(({ kind }) => kind !== 'restored');
  for (const [index, change] of changes.entries()) {
    for (const line of listHeaders(change)) text.add(line);
    let missingLines = 0;
    if (!text.isFull) for (const line of await listBody(change, blobs)) missingLines += text.add(line) ? 0 : 1;
    if (text.isFull) return text.toString(describeMissing(missingLines, changes.slice(index), missingLines > 0));
  }
  return text.toString();
}

function listHeaders(change: PatchChange): string[] {
  const { path } = change;
  const [before, after] = [beforeOf(change), afterOf(change)];
  const head = `diff --git ${quotePath(`a/${path}`)} ${quotePath(`b/${path}`)}`;
  if (before === null) return [head, `new file mode ${gitMode(after)}`];
  if (after === null) return [head, `deleted file mode ${gitMode(before)}`];
  if (before.mode === after.mode) return [head];
  return [head, `old mode ${gitMode(before)}`, `new mode ${gitMode(after)}`];
}

async function listBody(change: PatchChange, blobs: BlobStore): Promise<Iterable<string>> {
  const { path } = change;
  const [before, after] = [beforeOf(change), afterOf(change)];
  if (before?.hash === after?.hash) return [];
  const [oldText, newText] = [await readText(blobs, before, path), await readText(blobs, after, path)];
  const [oldName, newName] = [before === null ? '/dev/null' : `a/${path}`, after === null ? '/dev/null' : `b/${path}`];
  if (oldText === null || newText === null) {
    return [`Binary files ${quotePath(oldName)} (${sizeOf(before)}) and ${quotePath(newName)} (${sizeOf(after)}) differ`];
  }
  const oldLines = splitLines(oldText);
  const edits = diffLines(oldLines, splitLines(newText));
  if (edits.length === 0) return [];
  return withNames([nameLine('---', oldName), nameLine('+++', newName)], unifiedHunks(oldLines, edits));
}

function* withNames(names: string[], hunks: Iterable<string>): Generator<string> {
  yield* names;
  yield* hunks;
}

/** Empty for no file, null for one that is no text. */
async function readText(blobs: BlobStore, state: FileState | null, path: string): Promise<string | null> {
  return state === null ? '' : decodeText(await getFile(blobs, state, path));
}

/** As Git writes names: in quotes when one holds a quote; a tab ends one with a space. Paths hold no control characters. */
function quotePath(path: string): string {
  return path.includes('"') ? `"${path.replaceAll('"', '\\"')}"` : path;
}

function nameLine(sign: '---' | '+++', path: string): string {
  const quoted = quotePath(path);
  return `${sign} ${quoted}${quoted === path && path.includes(' ') ? '\t' : ''}`;
}

function gitMode(state: FileState | null): string {
  return state?.mode === 'executable' ? '100755' : '100644';
}

function sizeOf(state: FileState | null): string {
  return state === null ? 'no file' : `${state.size} bytes`;
}

function describeMissing(lines: number, files: readonly PatchChange[], isBegun: boolean): string {
  const others = isBegun ? files.slice(1) : files;
  const names = others.slice(0, 20).map(({ path }) => path);
  const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
  const parts = [
    ...(isBegun ? [`${lines} more lines of ${files[0]?.path ?? ''}`] : []),
    ...(others.length > 0 ? [`${others.length} more files: ${names.join(', ')}${more}`] : []),
  ];
  const note = `… not shown: ${parts.join('; ')}`;
  return note.length > maxNoteCharacters ? `${note.slice(0, maxNoteCharacters).toWellFormed()}…` : note;
}
