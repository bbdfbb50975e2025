/** Results as CSV: a header, then a row a line; commas, semicolons or tabs, told by the header. */
import { CsvError, parse } from 'csv-parse/sync';
import { listNames } from '../plan/quote-value.ts';
import {
  findColumn,
  placeLine,
  type ResultCells,
  type ResultColumn,
  type ResultPlace,
  refuse,
  requiredColumns,
} from './result-cells.ts';

/** Characters of one row; a quote that is never closed makes one row of the rest of a file. */
const maxRowLength = 1_000_000;

/**
 * @param take called for each row in order; its line is that of the row's end.
 * @throws {PlanwrightError} `usage`, and what `take` throws.
 */
export function readTable(text: string, file: string, take: (cells: ResultCells, place: ResultPlace) => void): void {
  const delimiter = findDelimiter(text);
  let columns: (ResultColumn | undefined)[] | null = null;
  const onRecord = (record: string[], { lines }: { lines: number }): null => {
    const place = placeLine(file, lines);
    if (columns === null) columns = readHeader(record, place);
    else take(readCells(record, { columns, place, delimiter }), place);
    return null;
  };
  try {
    parse(text, {
      delimiter,
      trim: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: maxRowLength,
      on_record: onRecord,
    });
  } catch (thrown) {
    if (!(thrown instanceof CsvError)) throw thrown;
    const line = typeof thrown['lines'] === 'number' ? thrown['lines'] : 1;
    const problem = `this is not CSV (${thrown.message}). Put a cell with quotes or line feeds in quotes, and double the quotes inside it`;
    throw refuse(placeLine(file, line), { problem });
  }
  if (columns === null)
    throw refuse(placeLine(file, 1), { problem: 'the file is empty. Its first line names the columns task, arm, success' });
}

function readHeader(names: readonly string[], place: ResultPlace): (ResultColumn | undefined)[] {
  const columns = names.map(findColumn);
  const missing = requiredColumns.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    const problem = `there is no column ${missing}; found: ${listNames(names)}. The first line names the columns: task, arm, success, and any of seconds, usd, tokens, class, repeat, runId`;
    throw refuse(place, { problem });
  }
  const twice = columns.find((name, at) => name !== undefined && columns.indexOf(name) !== at);
  if (twice !== undefined) throw refuse(place, { name: twice, problem: 'two columns have this name. Rename one' });
  return columns;
}

interface RowContext {
  columns: readonly (ResultColumn | undefined)[];
  place: ResultPlace;
  delimiter: string;
}

function readCells(record: readonly string[], { columns, place, delimiter }: RowContext): ResultCells {
  if (record.slice(columns.length).some((cell) => cell !== '')) {
    const problem = `${record.length} cells under a header of ${columns.length}. Put cells that contain ${JSON.stringify(delimiter)} in quotes`;
    throw refuse(place, { problem });
  }
  const cells: ResultCells = {};
  for (const [at, name] of columns.entries()) if (name !== undefined) cells[name] = record[at];
  return cells;
}

/** The one that stands most often in the first line that has anything; a comma when none does. */
function findDelimiter(text: string): string {
  const [header = ''] = /\S[^\r\n]*/.exec(text) ?? [];
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.delimiter ?? ',';
}
