/** The code of an answer: models put it into a Markdown code block, and often talk around it. */

export type ExtractedCode = { kind: 'code'; code: string } | { kind: 'unclear'; reason: string };

const names: Record<string, readonly string[]> = {
  javascript: ['javascript', 'js', 'jsx', 'mjs', 'cjs', 'node'],
  typescript: ['typescript', 'ts', 'tsx', 'mts', 'cts'],
  python: ['python', 'py', 'python3'],
};

/**
 * Without a code block the whole text is the code. With one, its content. With several, the content of the only one that is marked
 * with the language; otherwise it is unclear which is meant.
 * @param language `javascript`, `typescript` or `python`
 */
export function extractCode(text: string, language: string): ExtractedCode {
  const blocks = findBlocks(text);
  const [first] = blocks;
  if (first === undefined) return { kind: 'code', code: text };
  if (blocks.length === 1) return { kind: 'code', code: first.code };
  const marked = blocks.filter(({ mark }) => names[language]?.includes(mark));
  const [only] = marked;
  if (only !== undefined && marked.length === 1) return { kind: 'code', code: only.code };
  const found =
    marked.length === 0 ? `${blocks.length} code blocks, none marked ${language}` : `${marked.length} ${language} blocks`;
  return { kind: 'unclear', reason: `The result has ${found}; it must hold all its code in one.` };
}

interface Block {
  /** The first word behind the opening fence, in lower case; empty when there is none. */
  mark: string;
  code: string;
}

/** Fences as CommonMark 0.31 has them: three or more of one sign, closed by as many or more, or by the end. */
function findBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; mark: string; lines: string[] } | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (open === null) {
      const [, fence, info = ''] = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/.exec(line) ?? [];
      if (fence === undefined || (fence.startsWith('`') && info.includes('`'))) continue;
      open = { fence, mark: /^\s*\{?\.?([\w+#-]*)/.exec(info)?.[1]?.toLowerCase() ?? '', lines: [] };
    } else if (isClosing(line, open.fence)) {
      blocks.push({ mark: open.mark, code: open.lines.join('\n') });
      open = null;
    } else open.lines.push(line);
  }
  if (open !== null) blocks.push({ mark: open.mark, code: open.lines.join('\n') });
  return blocks;
}

function isClosing(line: string, fence: string): boolean {
  const sign = line.trim();
  return /^ {0,3}(?:`+|~+)\s*$/.test(line) && sign.startsWith(fence);
}
