/** Parts that a task names one by one: "chapters 1, 2 and 3", "the tables users, orders and invoices", "a.csv, b.csv and c.csv". */

export interface ListedParts {
  /** As the task says it. */
  said: string;
  parts: string[];
}

const separator = String.raw`(?:,\s*(?:and\s+|or\s+)?|\s+and\s+)`;
const numbered = new RegExp(String.raw`\b(\p{Ll}{3,20}s) (\d{1,4}(?:${separator}\d{1,4}){1,15})\b`, 'giu');
const files = new RegExp(
  String.raw`(?<![\w./-])([\w/-]{1,40}\.[a-z]{2,4}(?:${separator}[\w/-]{1,40}\.[a-z]{2,4}){1,15})(?![\w-])`,
  'gi',
);
const named = new RegExp(
  String.raw`\b(?:tables|files|modules|functions|classes|endpoints|columns|countries|cities|companies|sections|topics|services|packages|languages|products|vendors|plans|models|pages|regions|departments|branches|candidates) ([\p{L}][\p{L}\p{N}_-]{1,30}(?:${separator}[\p{L}][\p{L}\p{N}_-]{1,30}){1,15})\b`,
  'giu',
);

const names = new RegExp(
  String.raw`(?<=\p{Ll} )(\p{Lu}\p{Ll}{2,20}(?:, \p{Lu}\p{Ll}{2,20}){1,8},? and \p{Lu}\p{Ll}{2,20})(?![\p{L} ]*\p{Lu})`,
  'gu',
);

/** At most ten lists; of the task as a person wrote it. */
export function listParts(task: string): ListedParts[] {
  const text = task.slice(0, 4000);
  const lists: ListedParts[] = [];
  for (const [said, noun = '', list = ''] of text.matchAll(numbered))
    lists.push({ said, parts: split(list).map((number) => `${noun.slice(0, -1)} ${number}`) });
  for (const pattern of [files, named, names])
    for (const [said, list = ''] of text.matchAll(pattern)) lists.push({ said, parts: split(list) });
  return lists.filter(({ parts }) => parts.length >= 2).slice(0, 10);
}

function split(list: string): string[] {
  return list
    .split(new RegExp(separator))
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '' && part !== 'and');
}

/** Whether lower-case text holds a part as words of its own; of "chapter 2" also `"chapter":2` and "chapters 1-3". */
export function holdsPart(text: string, part: string): boolean {
  const [, noun, number] = /^(\p{L}+) (\d+)$/u.exec(part) ?? [];
  if (noun !== undefined && number !== undefined) return holdsNumber(text, noun, Number(number));
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')) return true;
  }
  return false;
}

function holdsNumber(text: string, noun: string, number: number): boolean {
  for (const [, list = ''] of text.matchAll(
    new RegExp(
      String.raw`${noun}\w{0,3}["':#\s=_-]{0,5}(\d{1,4}(?:\s*(?:,|and|&|-|–|to|through|\+)\s*(?:and\s+)?\d{1,4}){0,20})`,
      'gu',
    ),
  )) {
    const numbers = (list.match(/\d+/g) ?? []).map(Number);
    const isRange = /-|–|to|through/.test(list);
    if (numbers.includes(number) || (isRange && number >= Math.min(...numbers) && number <= Math.max(...numbers))) return true;
  }
  return false;
}
