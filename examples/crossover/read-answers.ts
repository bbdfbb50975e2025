/** From one text to the answers of N questions. */

/** `3. Bergen`, `3) Bergen`, `**3:** Bergen`, `Question 3: Bergen`. */
const numbered = /^[\s>*#-]*(?:(?:question|answer|q|a)\s*)?(\d{1,3})\s*[.):]\**\s*(.*)$/i;

/**
 * answers[i] belongs to question i + 1; undefined where there is none. One question: the text's first line. Several: what
 * follows a line's number, up to the next number's line; without any number, one line each in order when there are as many
 * lines as questions.
 */
export function readAnswers(text: string, questions: number): (string | undefined)[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (questions === 1) return [lines[0]];
  const found = new Map<number, string>();
  let open: number | null = null;
  for (const line of lines) {
    const [, digits, rest = ''] = numbered.exec(line) ?? [];
    if (digits !== undefined) {
      open = Number(digits);
      // A number given twice keeps its first answer.
      if (found.has(open)) open = null;
      else found.set(open, rest);
    } else if (open !== null && found.get(open) === '') found.set(open, line);
  }
  if (found.size === 0 && lines.length === questions) return lines;
  return Array.from({ length: questions }, (_, index) => found.get(index + 1));
}
