/** Fails when a file silences a checker: a rule that must be suppressed is a design to change. Run by `npm run lint`. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SUPPRESSIONS: { name: string; pattern: RegExp }[] = [
  { name: 'a lint suppression', pattern: /\b(?:oxlint|eslint|tslint)-(?:disable|enable)/ },
  { name: 'a Biome suppression', pattern: /\bbiome-ignore/ },
  { name: 'a type check suppression', pattern: /@ts-(?:ignore|expect-error|nocheck)\b/ },
  // Not in front of a word: "the same as any other" is prose.
  { name: 'a cast to any', pattern: /\bas any\b(?! [a-z])|<any>/ },
  { name: 'a coverage suppression', pattern: /\b(?:v8|c8|istanbul) ignore\b/ },
];

/** @returns `line: what`, lines counted from 1. */
export function findSuppressions(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      SUPPRESSIONS.filter(({ pattern }) => pattern.test(line)).map(({ name }) => `${index + 1}: ${name}: ${line.trim()}`),
    );
}

/** The project's code, as git sees it: tracked files and new ones, except what it ignores. */
export function listCode(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => /\.(?:[cm]?[jt]sx?|json|html|css)$/.test(path) && !NAMES_THEM.has(path));
}

/** These two spell the suppressions out to find them. */
const NAMES_THEM = new Set(['scripts/check-suppressions.ts', 'test/house/suppressions.test.ts', 'package-lock.json']);

if (import.meta.main) {
  const found = listCode().flatMap((path) => findSuppressions(readIfThere(path)).map((line) => `${path}:${line}`));
  for (const line of found) console.error(line);
  console.error(found.length === 0 ? 'No suppressions.' : `Suppressions: ${found.length}. Change the design instead.`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

/** A file deleted since it was tracked has nothing in it. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
