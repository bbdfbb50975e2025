/** What a run waits for, as the person who has to decide sees it. */
import type { WaitingItem } from '../index.ts';
import { formatCount } from './figures.ts';
import { cutText, escapeControls, toOneLine } from './terminal-text.ts';

const itemsShown = 20;
const lineLength = 300;
/** A tool's input is shown to the letter: longer ones are in the JSON of `show`. */
const inputLength = 4000;

/** Lines without line feeds; none when nothing but a plan waits, which is shown as a plan. */
export function describeWaiting(items: readonly WaitingItem[], runId: string, storeFlag: string): string[] {
  const shown = items.filter(({ kind }) => kind !== 'plan');
  if (shown.length === 0) return [];
  const lines = shown.slice(0, itemsShown).flatMap((item) => ['', ...describeItem(item)]);
  if (shown.length > itemsShown)
    lines.push('', `and ${formatCount(shown.length - itemsShown)} more: planwright show ${runId} --json`);
  const [first] = shown;
  if (shown.length > 1 && first !== undefined) {
    lines.push('', `One of them: planwright approve ${runId}${storeFlag} --subtask ${quote(first.id)}`);
  }
  return lines;
}

function describeItem(item: WaitingItem): string[] {
  const { kind, id, role = '', instruction = '', inputs = [], tool = '' } = item;
  const who = toOneLine(role);
  if (kind === 'tool') {
    return [
      `${toOneLine(id)}  ${who} wants to call ${toOneLine(tool)} with`,
      `  ${describeInput(item)}`,
      `  for: ${shorten(instruction)}`,
    ];
  }
  const given = inputs.map(({ subtaskId, output }) => {
    const text = typeof output === 'string' ? output : JSON.stringify(output);
    return `  given ${toOneLine(subtaskId)}: ${shorten(text)}`;
  });
  return [`${toOneLine(id)}  ${who} wants to begin`, `  ${shorten(instruction)}`, ...given];
}

function describeInput({ input = null }: WaitingItem): string {
  const text = escapeControls(JSON.stringify(input));
  if (text.length <= inputLength) return text;
  return `${text.slice(0, inputLength)} … ${formatCount(text.length - inputLength)} more characters: planwright show --json`;
}

function shorten(text: string): string {
  return cutText(toOneLine(text), lineLength);
}

function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${toOneLine(text).replaceAll("'", `'\\''`)}'`;
}
