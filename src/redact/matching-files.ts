/** Given files that hold what is to be redacted: named before a run begins, where its rules say so. */
import { openDocumentFolder } from '../documents/document-folder.ts';
import { PlanwrightError } from '../errors.ts';
import type { RedactRules } from './redact-rules.ts';
import { createRedactor } from './redactor.ts';

/** Places that an error names. */
const named = 5;

/**
 * Looks at nothing unless `files` of the rules is `refuse`.
 * @param folder The folder given with a task.
 * @throws {PlanwrightError} `usage`, naming file, line and pattern.
 */
export async function refuseMatchingFiles(rules: RedactRules | undefined, folder: string | undefined): Promise<void> {
  if (rules?.files !== 'refuse' || folder === undefined) return;
  const documents = await openDocumentFolder(folder);
  const redactors = rules.patterns.map((pattern) => ({
    name: pattern.name,
    redactor: createRedactor({ ...rules, patterns: [pattern] }),
  }));
  const places: { file: string; line: number; pattern: string }[] = [];
  for (const { path, lines } of (await documents.list()).files) {
    const text = (await documents.readLines(path, 1, lines)).lines.join('\n');
    for (const { name, redactor } of redactors) {
      const redacted = redactor.text(text);
      if (redacted !== text) places.push({ file: path, line: firstDifference(text, redacted), pattern: name });
    }
  }
  const [first] = places;
  if (first === undefined) return;
  const shown = places.slice(0, named).map(({ file, line, pattern }) => `${file}:${line} (${pattern})`);
  const more = places.length > named ? ` and ${places.length - named} more` : '';
  throw new PlanwrightError(
    'usage',
    `Files given with the task hold what redact.patterns match: ${shown.join(', ')}${more}. Take it out of them, or set redact.files to "keep".`,
    { location: { file: first.file, line: first.line }, details: { places } },
  );
}

/** The line, from 1, on which two texts begin to differ. */
function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return a.slice(0, at).split('\n').length;
}
