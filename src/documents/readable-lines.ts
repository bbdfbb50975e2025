/** A file's text as people read it, by raw line: HTML without its tags, everything else as it is. */
import type { DocumentKind } from './document-kind.ts';
import { readHtml } from './html-text.ts';

/** UTF-8 with every line break as `\n`, without a byte-order mark. Undefined for a binary file (it holds a NUL byte). */
export function decodeText(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  return bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n');
}

/** Index 0 is raw line 1. A final line break begins no line; an empty file has no lines. */
export function readableLines(text: string, kind: DocumentKind): string[] {
  const lines = kind === 'html' ? readHtml(text).lines : text.split('\n');
  if (text === '' || text.endsWith('\n')) lines.pop();
  return lines;
}
