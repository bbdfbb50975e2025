/** Which files count as documents, by name alone, and how each is read. */
import { posix } from 'node:path';

export type DocumentKind = 'markdown' | 'text' | 'html' | 'data' | 'csv' | 'source';

const extensionsByKind: Record<DocumentKind, string> = {
  markdown: 'md markdown mdx',
  text: 'txt text rst adoc asciidoc org tex log',
  html: 'html htm xhtml',
  data: 'json jsonl ndjson json5 jsonc yaml yml toml ini cfg conf properties xml',
  csv: 'csv tsv',
  source:
    'ts tsx mts cts js jsx mjs cjs py pyi go rs java kt kts scala swift c h cc cpp cxx hpp hh cs fs vb rb php pl pm lua r jl hs ex exs erl clj ' +
    'dart zig nim sh bash zsh fish ps1 bat sql graphql gql proto css scss sass less vue svelte tf hcl gradle cmake mk diff patch',
};

const kindByExtension = new Map<string, DocumentKind>();
for (const kind of Object.keys(extensionsByKind) as DocumentKind[]) {
  for (const extension of extensionsByKind[kind].split(' ')) kindByExtension.set(extension, kind);
}

/** Files that go by a whole name. */
const kindByName = new Map<string, DocumentKind>([
  ...['readme', 'license', 'licence', 'copying', 'notice', 'changelog', 'changes', 'authors', 'contributing', 'todo', 'news'].map(
    (name): [string, DocumentKind] => [name, 'text'],
  ),
  ...['makefile', 'dockerfile', 'gemfile', 'rakefile', 'procfile', 'justfile'].map((name): [string, DocumentKind] => [
    name,
    'source',
  ]),
]);

const skippedFolders = new Set(['node_modules', 'dist', '__pycache__']);

/** True for a folder that is never entered: hidden ones (`.git`, `.planwright`) and those that hold made or foreign files. */
export function isSkippedFolder(name: string): boolean {
  return name.startsWith('.') || skippedFolders.has(name);
}

/** `path` is relative to the folder's root, with forward slashes. Undefined: not a document. */
export function documentKind(path: string): DocumentKind | undefined {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  if (name.startsWith('.') || parts.some(isSkippedFolder)) return undefined;
  const extension = posix.extname(name).slice(1).toLowerCase();
  return extension === '' ? kindByName.get(name.toLowerCase()) : kindByExtension.get(extension);
}

export function extensionOf(path: string): string {
  return posix.extname(path).slice(1).toLowerCase();
}
