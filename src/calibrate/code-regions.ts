/** Where code stands in a result: the fenced blocks of a text that names their language, or a text that is code as a whole. */
import type { CodeCheck } from '../plan/plan.ts';
import type { CodeLanguage } from './mask-code.ts';

export interface CodeRegion {
  start: number;
  /** Exclusive. */
  end: number;
  language: CodeLanguage;
}

const languages: Readonly<Record<string, CodeCheck['language']>> = {
  js: 'javascript',
  javascript: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  node: 'javascript',
  ts: 'typescript',
  tsx: 'typescript',
  typescript: 'typescript',
  py: 'python',
  python: 'python',
  python3: 'python',
};

/** What tests are run as; undefined for a language that no sandbox runs. */
export function sandboxLanguageOf(name: string): CodeCheck['language'] | undefined {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(languages, key) ? languages[key] : undefined;
}

/** What defects are found by; undefined for a language that none are known for. */
export function codeLanguageOf(name: string): CodeLanguage | undefined {
  const language = sandboxLanguageOf(name);
  return language === 'typescript' ? 'javascript' : language;
}

/** @param language Of a text that is code as a whole; without it the text tells. */
export function findCodeRegions(text: string, language?: CodeLanguage): CodeRegion[] {
  const fenced = findFenced(text);
  if (fenced.length > 0) return fenced;
  const told = language ?? tellLanguage(text);
  return told === undefined ? [] : [{ start: 0, end: text.length, language: told }];
}

function findFenced(text: string): CodeRegion[] {
  const regions: CodeRegion[] = [];
  let open: { fence: string; language: CodeLanguage | undefined; start: number } | null = null;
  for (const { 0: line, index } of text.matchAll(/^[ \t]{0,3}(?:`{3,}|~{3,}).*$/gm)) {
    const [, fence = '', info = ''] = /^[ \t]*(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? [];
    if (open === null) open = { fence, language: codeLanguageOf(info), start: Math.min(text.length, index + line.length + 1) };
    else if (fence.startsWith(open.fence) && info === '') {
      if (open.language !== undefined) regions.push({ start: open.start, end: index, language: open.language });
      open = null;
    }
  }
  return regions;
}

/** By lines that only code has: half of them, or nothing is told. */
function tellLanguage(text: string): CodeLanguage | undefined {
  const lines = text
    .slice(0, 20_000)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:\/\/|\/\*|\*|#)/.test(line));
  const share = (form: RegExp): number => lines.filter((line) => form.test(line)).length / Math.max(1, lines.length);
  const python = share(
    /^(?:(?:async )?def |class |if |elif |for |while |try|except|with |else).*:$|^(?:return\b|import \w|from \S+ import |raise |pass$|[\w.]+ = |[\w.]+\(.*\)$)/,
  );
  const script = share(/[;{}]$|^[})\]]|=>|^(?:import|export|const|let|var|function|async|return|if|for|while) ?\b.*[({]/);
  if (/^\s*(?:async )?def \w+\(.*:\s*$/m.test(text) && python >= 0.5) return 'python';
  return script >= 0.5 ? 'javascript' : undefined;
}
