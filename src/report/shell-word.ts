/** A word of a command line that a reader may copy: no shell takes anything in it for its own. */

/** As it stands when it is plain; otherwise in single quotes. Control characters can't be typed and become `?`. */
export function quoteShellWord(word: string): string {
  if (/^[\w@%+=:,./][\w@%+=:,./-]*$/.test(word)) return word;
  return `'${word.replace(/\p{Cc}/gu, '?').replaceAll("'", String.raw`'\''`)}'`;
}

/** `planwright show RUN`, with `--store` for a store that is not the default; a run id that begins with a hyphen is no option. */
export function showCommand(runId: string, store?: string): string {
  const option = store === undefined ? '' : `--store ${quoteShellWord(store)} `;
  return `planwright show ${option}${runId.startsWith('-') ? '-- ' : ''}${quoteShellWord(runId)}`;
}
