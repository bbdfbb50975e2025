/** Trees and patches from texts, for tests. */
import { type BlobStore, diffTrees, type FileMode, makeTree, type Patch, type Tree, type TreeFile } from 'planwright';

/** By path: the content, or content and mode. */
export type Files = Record<string, string | Buffer | { content: string | Buffer; mode: FileMode }>;

export async function storeTree(blobs: BlobStore, files: Files | Map<string, string>): Promise<Tree> {
  const entries: [string, Files[string]][] = files instanceof Map ? [...files] : Object.entries(files);
  const stored: TreeFile[] = [];
  for (const [path, file] of entries) {
    const { content, mode } = typeof file === 'object' && 'content' in file ? file : { content: file, mode: 'file' as const };
    const bytes = Buffer.from(content);
    stored.push({ path, hash: await blobs.put(bytes), mode, size: bytes.length });
  }
  return makeTree(stored);
}

/** The patch from `base` to a tree of these files. */
export async function storePatch(blobs: BlobStore, base: Tree, files: Files | Map<string, string>): Promise<Patch> {
  return diffTrees(base, await storeTree(blobs, files));
}

/** A tree's contents as text, by path. */
export async function readTexts(blobs: BlobStore, tree: Tree): Promise<Record<string, string>> {
  const texts: [string, string][] = [];
  for (const { path, hash } of tree.files) texts.push([path, Buffer.from(await blobs.get(hash)).toString()]);
  return Object.fromEntries(texts);
}
