/** The `files` tools: list, read and search within the folder given with `--files`, and nowhere else. */
import { z } from 'zod';
import { type DocumentFolder, openDocumentFolder } from '../../documents/document-folder.ts';
import { normalizePath } from '../../documents/read-inside.ts';
import { PlanwrightError } from '../../errors.ts';
import { defineTool, type Tool, type ToolContext } from '../tool.ts';
import { matchGlob } from './match-glob.ts';

const maxLinesRead = 200;
const maxCharactersRead = 20_000;

/** @param filesRoot default: the calling context's. */
export function filesTools(filesRoot?: string): Tool[] {
  const open = (context: ToolContext): Promise<DocumentFolder> => {
    const root = filesRoot ?? context.filesRoot;
    if (root === undefined) throw new PlanwrightError('usage', 'No folder was given: run with --files DIR.');
    return openDocumentFolder(root);
  };
  return [listTool(open), readTool(open), searchTool(open)];
}

type Open = (context: ToolContext) => Promise<DocumentFolder>;

function listTool(open: Open): Tool {
  return defineTool({
    name: 'files_list',
    description:
      'List the documents in the given folder, with line counts and titles. `leftOut` says which files are not read and why.',
    effect: 'read',
    input: z.object({
      pattern: z.string().max(500).optional().describe('A part of the path, or a glob such as "docs/**/*.md".'),
      limit: z.int().min(1).max(500).default(100),
    }),
    execute: async ({ pattern, limit }, context) => {
      const { files, leftOut } = await (await open(context)).list();
      const matches = pattern === undefined ? () => true : matchGlob(pattern);
      const matching = files.filter(({ path }) => matches(path));
      return {
        files: matching.slice(0, limit).map(({ path, lines, title }) => ({ path, lines, title })),
        total: matching.length,
        leftOut: leftOut.map(({ reason, count, examples }) => ({ reason, count, examples })),
      };
    },
  });
}

function readTool(open: Open): Tool {
  return defineTool({
    name: 'files_read',
    description: `Read lines of one document in the given folder, at most ${maxLinesRead} at once. Line numbers are those to cite.`,
    effect: 'read',
    input: z.object({
      path: z.string().min(1).max(4000),
      from: z.int().min(1).default(1),
      to: z.int().min(1).optional(),
    }),
    execute: async ({ path, from, to }, context) => {
      if (to !== undefined && to < from) throw new PlanwrightError('usage', `"to" (${to}) is before "from" (${from}).`);
      const folder = await open(context);
      const wanted = Math.min(to ?? Infinity, from + maxLinesRead - 1);
      const range = await folder.readLines(normalizePath(path), from, wanted);
      if (from > Math.max(1, range.totalLines)) {
        throw new PlanwrightError('usage', `"${range.path}" has ${range.totalLines} lines; there is no line ${from}.`);
      }
      const lines = takeLines(range.lines, from);
      const last = from + lines.length - 1;
      const end = Math.min(to ?? Infinity, range.totalLines);
      const answer = { path: range.path, from, to: last, totalLines: range.totalLines, lines };
      return last < end
        ? { ...answer, next: `Call files_read with {"path":${JSON.stringify(range.path)},"from":${last + 1}} for what follows.` }
        : answer;
    },
  });
}

/** As many as fit; a single line that does not is cut. */
function takeLines(texts: string[], from: number): { line: number; text: string }[] {
  const lines: { line: number; text: string }[] = [];
  let charactersLeft = maxCharactersRead;
  for (const [index, text] of texts.entries()) {
    if (text.length > charactersLeft && index > 0) break;
    lines.push({
      line: from + index,
      text: text.length > charactersLeft ? `${text.slice(0, charactersLeft)}… (${text.length} characters)` : text,
    });
    charactersLeft -= text.length;
  }
  return lines;
}

function searchTool(open: Open): Tool {
  return defineTool({
    name: 'files_search',
    description:
      'Find the sentences, list items, table rows and lines of code in the given folder that answer a query. `coverage` is the share of the query that a hit holds (0 to 1, ' +
      'rare terms count more); `unknownTerms` stand nowhere in the folder: with both low and missing, the files do not answer.',
    effect: 'read',
    input: z.object({ query: z.string().min(1), limit: z.int().min(1).max(20).default(8) }),
    execute: async ({ query, limit }, context) => {
      const { hits, total, terms, unknownTerms } = await (await open(context)).search(query, limit);
      return {
        hits: hits.map(({ path, line, endLine, text, heading, score, coverage, matched }) => ({
          path,
          line,
          endLine,
          text,
          heading,
          score: Number(score.toFixed(3)),
          coverage: Number(coverage.toFixed(2)),
          matched,
        })),
        total,
        terms,
        unknownTerms,
      };
    },
  });
}
