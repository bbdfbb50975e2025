/** The folder given with a task, as the planner, the tools and the checks see it. */
import { openDocumentFolder } from '../documents/document-folder.ts';
import type { Redactor } from '../redact/redactor.ts';
import { documentLineReader } from '../verify/quotes.ts';
import type { RunFiles } from './run-environment.ts';

/** The planner is shown this many files by name. */
const listedFiles = 60;

/**
 * With a redactor the planner is shown, and quotes are looked for in, what the tools give of the files.
 * @throws {PlanwrightError} `usage` when the folder is not there.
 */
export async function openRunFiles(root: string, redactor?: Redactor): Promise<RunFiles> {
  const folder = await openDocumentFolder(root);
  const { files } = await folder.list();
  const listing = files
    .slice(0, listedFiles)
    .map(({ path, lines, title }) => `${path} (${lines} lines)${title === null ? '' : `: ${title}`}`);
  if (files.length > listedFiles) listing.push(`… and ${files.length - listedFiles} more`);
  const readLines = documentLineReader(folder);
  const characters = (await folder.units()).reduce((total, { text }) => total + text.length, 0);
  return {
    root: folder.root,
    listing: redactor?.text(listing.join('\n')) ?? listing.join('\n'),
    tokens: Math.ceil(characters / 4),
    readLines:
      redactor === undefined
        ? readLines
        : async (file, from, to) => (await readLines(file, from, to)).map((line) => redactor.text(line)),
  };
}
