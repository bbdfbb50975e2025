/** The folder given with a task, as the planner, the tools and the checks see it. */
import { documentLineReader, openDocumentFolder } from '../documents/index.ts';
import type { RunFiles } from './run-node.ts';

/** The planner is shown this many files by name. */
const listedFiles = 60;

/** @throws {PlanwrightError} `usage` when the folder is not there. */
export async function openRunFiles(root: string): Promise<RunFiles> {
  const folder = await openDocumentFolder(root);
  const files = await folder.list();
  const lines = files.slice(0, listedFiles).map(({ path, lines, title }) => `${path} (${lines} lines)${title === null ? '' : `: ${title}`}`);
  if (files.length > listedFiles) lines.push(`… and ${files.length - listedFiles} more`);
  const characters = files.reduce((total, file) => total + file.characters, 0);
  return { root: folder.root, listing: lines.join('\n'), tokens: Math.ceil(characters / 4), readLines: documentLineReader(folder) };
}
