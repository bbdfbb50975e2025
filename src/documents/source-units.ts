/** Units of source code: each run of comment lines, joined, and each line of code. */
import { extensionOf } from './document-kind.ts';
import { commentText, rawLine } from './line-forms.ts';
import { type NumberedLine, type Unit, UnitCollector } from './unit.ts';

interface CommentSyntax {
  /** A line that is a comment from its first mark. */
  line: RegExp;
  /** Opens a comment that lasts to `close`. */
  open?: RegExp;
  close?: RegExp;
}

const slashes: CommentSyntax = { line: /^\s*\/\//, open: /^\s*\/\*/, close: /\*\// };
const hashes: CommentSyntax = { line: /^\s*#(?!!)/ };
const python: CommentSyntax = { line: /^\s*#(?!!)/, open: /^\s*[rR]?(?:"""|''')/, close: /"""|'''/ };
const dashes: CommentSyntax = { line: /^\s*--/, open: /^\s*\/\*/, close: /\*\// };
const markup: CommentSyntax = { line: /^(?!)/, open: /^\s*<!--/, close: /-->/ };

const syntaxByExtension = new Map<string, CommentSyntax>([
  ...'rb sh bash zsh fish pl pm r jl ex exs nim ps1 tf cmake mk yaml yml toml ini cfg conf properties'
    .split(' ')
    .map((name): [string, CommentSyntax] => [name, hashes]),
  ...'py pyi'.split(' ').map((name): [string, CommentSyntax] => [name, python]),
  ...'sql lua hs'.split(' ').map((name): [string, CommentSyntax] => [name, dashes]),
  ...'xml vue svelte'.split(' ').map((name): [string, CommentSyntax] => [name, markup]),
  ...['', 'graphql', 'gql'].map((name): [string, CommentSyntax] => [name, hashes]),
]);

export function commentSyntaxOf(path: string): CommentSyntax {
  return syntaxByExtension.get(extensionOf(path)) ?? slashes;
}

export function sourceUnits(path: string, lines: string[]): Unit[] {
  const collector = new UnitCollector(path);
  const syntax = commentSyntaxOf(path);
  let comment: NumberedLine[] = [];
  let inBlock = false;
  const flush = (): void => {
    collector.add(comment, null, 'whole');
    comment = [];
  };
  lines.forEach((raw, index) => {
    const line = index + 1;
    const opens = !inBlock && (syntax.open?.test(raw) ?? false);
    if (inBlock || opens || syntax.line.test(raw)) {
      const text = commentText(raw);
      if (text === '' || text.startsWith('@')) flush();
      comment.push({ line, text });
      inBlock = (inBlock || opens) && !closes(raw, opens, syntax);
      return;
    }
    flush();
    collector.add([{ line, text: rawLine(raw) }], null, 'line');
  });
  flush();
  return collector.units;
}

/** The mark that opens a Python docstring also closes it: on its first line only what follows counts. */
function closes(raw: string, opens: boolean, { open, close }: CommentSyntax): boolean {
  return close?.test(opens && open !== undefined ? raw.replace(open, '') : raw) ?? true;
}
