/** What the offline model says about itself, wherever a person might take it for more. */
export const offlineNotice =
  'The offline model is not a language model: it works by rules, without a key or a network. It splits a task into parts, ' +
  'searches the given files and quotes their sentences with file and line, reads cited lines again, evaluates arithmetic, ' +
  'and assembles a report. It does not write, translate, reason or know anything that is not in the files.';

/** The whole answer to a request that no rule fits. */
export function refuse(request: string): string {
  const asked = request.replace(/\s+/g, ' ').trim();
  const shown = asked.length > 200 ? `${asked.slice(0, 200)}…` : asked;
  const missing =
    shown === ''
      ? 'Nothing was asked.'
      : `No rule of it fits this request: ${shown}\nGive it files to search (--files DIR), an arithmetic expression, or use a language model (--model).`;
  return `${offlineNotice}\n\n${missing}`;
}
