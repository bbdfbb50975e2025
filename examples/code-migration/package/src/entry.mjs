/** An entry is one line of a journal, `2026-11-02 45 writing the docs`: day, minutes, label. */

/** null when the line is not an entry. */
export function parseEntry(line) {
  const [, day, minutes, label] = /^(\d{4}-\d{2}-\d{2}) (\d+) (.+)$/.exec(line) ?? [];
  return day === undefined ? null : { day, minutes: Number(minutes), label };
}

export function formatEntry({ day, minutes, label }) {
  return `${day} ${minutes} ${label}`;
}
