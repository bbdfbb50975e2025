/** What the fields of a code check must be to each other. */
import { extname } from 'node:path';
import type { CodeCheck } from '../plan/plan.ts';
import { quoteText } from '../plan/quote-value.ts';

const extensions: Record<CodeCheck['language'], readonly string[]> = {
  javascript: ['.js', '.mjs', '.cjs'],
  typescript: ['.ts', '.mts', '.cts'],
  python: ['.py'],
};

/** null when the check can be made where its sandbox exists. */
export function inspectCodeCheck(check: CodeCheck): { field: keyof CodeCheck; message: string } | null {
  const { language, solutionFile, packages, sandbox } = check;
  if (solutionFile !== undefined && !extensions[language].includes(extname(solutionFile))) {
    const fitting = extensions[language].join(', ');
    return { field: 'solutionFile', message: `${quoteText(solutionFile)} is no name for ${language}: it ends in ${fitting}` };
  }
  if (sandbox !== 'isolate') return null;
  if (language === 'python') return { field: 'sandbox', message: 'the isolate does not run python. Use bubblewrap' };
  if (solutionFile !== undefined)
    return { field: 'sandbox', message: 'the isolate has no files. Use bubblewrap, or no solutionFile' };
  if (packages !== undefined && packages.length > 0) {
    return { field: 'sandbox', message: 'the isolate has no packages. Use bubblewrap, or name none' };
  }
  return null;
}
