/** The folder given with a task, as the planner, the tools and the checks see it. */
import { openDocumentFolder } from '../documents/document-folder.ts';
import { documentLineReader } from '../verify/quotes.ts';
import type { RunFiles } from './run-environment.ts';

/** The planner is shown this many files by name. */
const listedFiles = 60;

/** @throws {PlanwrightError} `usage` when the folder is not there. */
export async function openRunFiles(root: string): Promise<RunFiles> {
  const folder = await openDocumentFolder(root);
  const { files } = await folder.list();
  const listing = files
    .slice(0, listedFiles)
    .map(({ path, lines, title }) => `${path} (${lines} lines)${title === null ? '' : `: ${title}`}`);
  if (files.length > listedFiles) listing.push(`… and ${files.length - listedFiles} more`);
  const characters = (await folder.units()).reduce((total, { text }) => total + text.length, 0);
  return {
    root: folder.root,
    listing: listing.join('\n'),
    tokens: Math.ceil(characters / 4),
    readLines: documentLineReader(folder),
  };
}
