/** A scripted judge of candidates: which ones it was shown, and a verdict with a quote from each. */

export const isJudge = (text: string): boolean => text.includes('Choose the one that stands');

export function shownTo(text: string): string[] {
  return [...text.matchAll(/<dependency id="([^"]+)"/g)].map(([, id = '']) => id);
}

/** @param choice Default: the last one. */
export function judge(text: string, choice?: string): string {
  const shown = [...text.matchAll(/<dependency id="([^"]+)"[^>]*>\n([\s\S]*?)\n<\/dependency>/g)];
  const evidence = shown.map(([, from = '', output = '']) => ({ from, quote: output.slice(0, 20), shows: 'so' }));
  return JSON.stringify({ choice: choice ?? evidence.at(-1)?.from, evidence });
}
