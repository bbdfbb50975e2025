/** Results as JSON: an object a line, or one list of objects. */
import { toErrorRecord } from '../errors.ts';
import { JsonPositions } from '../plan/json-positions.ts';
import { describeValue } from '../plan/quote-value.ts';
import { findColumn, placeLine, type ResultCells, type ResultColumn, type ResultPlace, refuse } from './result-cells.ts';

type Take = (cells: ResultCells, place: ResultPlace) => void;

/**
 * Lines without anything are passed over.
 * @param take called for each row in order.
 * @throws {PlanwrightError} `usage`, and what `take` throws.
 */
export function readLines(text: string, file: string, take: Take): void {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const content = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    line += 1;
    if (content.trim() === '') continue;
    const place = placeLine(file, line);
    const { cells, keys } = readObject(parseJson(content, file, line), place);
    const lineOf = line;
    const locate: ResultPlace['locate'] = (name) => {
      const key = name === undefined ? undefined : keys[name];
      return { line: lineOf, ...(key === undefined ? {} : { column: new JsonPositions(content).findOffset([key]) + 1 }) };
    };
    take(cells, { file, locate });
  }
}

/** As `readLines`, for a text that is one list. */
export function readList(text: string, file: string, take: Take): void {
  const list = parseJson(text, file, 1);
  if (!Array.isArray(list)) {
    const problem = `${describeValue(list)} where a list of rows was expected. Write [{ "task": …, "arm": …, "success": … }, …]`;
    throw refuse(placeLine(file, 1), { problem });
  }
  const positions = new JsonPositions(text);
  const locate = (path: (string | number)[]): { line: number; column: number } => {
    const offset = positions.findOffset(path);
    return { line: text.slice(0, offset).split('\n').length, column: offset - text.lastIndexOf('\n', offset - 1) };
  };
  for (const [index, item] of list.entries()) {
    const { cells, keys } = readObject(item, { file, locate: () => locate([index]) });
    const pathOf = (name: ResultColumn | undefined): (string | number)[] => {
      const key = name === undefined ? undefined : keys[name];
      return key === undefined ? [index] : [index, key];
    };
    take(cells, { file, locate: (name) => locate(pathOf(name)) });
  }
}

/** `firstLine`: of the file, where the text begins. */
function parseJson(text: string, file: string, firstLine: number): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const { message } = toErrorRecord(thrown);
    // V8 ends its messages so.
    const [, line = '1', column] = /\(line (\d+) column (\d+)\)$/.exec(message) ?? [];
    const place = { line: firstLine + Number(line) - 1, ...(column === undefined ? {} : { column: Number(column) }) };
    const fault = message.replace(/ in JSON at position .*$/, '');
    throw refuse({ file, locate: () => place }, { problem: `this is not valid JSON (${fault})` });
  }
}

/** The cells, and the keys they stand under. */
function readObject(value: unknown, place: ResultPlace): { cells: ResultCells; keys: Partial<Record<ResultColumn, string>> } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse(place, {
      problem: `${describeValue(value)} where a row was expected. Write { "task": …, "arm": …, "success": … }`,
    });
  }
  const cells: ResultCells = {};
  const keys: Partial<Record<ResultColumn, string>> = {};
  for (const [key, cell] of Object.entries(value)) {
    const name = findColumn(key);
    if (name === undefined) continue;
    cells[name] = cell;
    keys[name] = key;
  }
  return { cells, keys };
}
