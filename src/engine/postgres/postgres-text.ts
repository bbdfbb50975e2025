/**
 * What PostgreSQL's `text` cannot hold (NUL, halves of surrogate pairs) in a form that it can. JSON text needs none of
 * this: JSON.stringify writes both as escapes.
 */

const escapeMark = '\u0001';

/** Any string, injectively: plain ones stand as they are. */
export function toColumn(text: string): string {
  const isPlain = text.isWellFormed() && !text.includes('\u0000') && !text.startsWith(escapeMark);
  return isPlain ? text : `${escapeMark}${JSON.stringify(text)}`;
}

export function fromColumn(column: string): string {
  return column.startsWith(escapeMark) ? (JSON.parse(column.slice(escapeMark.length)) as string) : column;
}
