/** What a judge answers that is shown candidates: the last one, with a quote from each. */

export function judge(text: string): string {
  const candidates = [...text.matchAll(/<dependency id="([^"]+)"[^>]*>\n([\s\S]*?)\n<\/dependency>/g)];
  const evidence = candidates.map(([, from = '', output = '']) => ({
    from,
    quote: output.slice(0, 60),
    shows: 'It answers the task.',
  }));
  return JSON.stringify({ choice: evidence.at(-1)?.from, evidence });
}

export const isJudged = (text: string): boolean => text.includes('Choose the one that stands');
