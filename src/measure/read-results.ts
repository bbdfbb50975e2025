/** Finished runs from a file of any system, for `judgeResults`. */
import { extname } from 'node:path';
import { listNames } from '../plan/quote-value.ts';
import type { ResultRow } from './comparison-report.ts';
import { singleArm, teamArm } from './pair-results.ts';
import { parseRow, placeLine, type ResultCells, type ResultPlace, refuse } from './result-cells.ts';
import { readLines, readList } from './result-documents.ts';
import { readTable } from './result-table.ts';

const maxCharacters = 64 * 1024 * 1024;
const maxRows = 1_000_000;
/** Every further arm is a comparison of its own. */
const maxArms = 50;
/** Each is judged at alpha ÷ their number: with more of them none could be decided. */
const maxClasses = 100;

type Read = (text: string, file: string, take: (cells: ResultCells, place: ResultPlace) => void) => void;

/**
 * CSV (`.csv`, `.tsv`), JSON lines (`.jsonl`, `.ndjson`) or a JSON list (`.json`); other names, such as `stdin`, by how the
 * text begins. Columns task, arm, success, and any of seconds, usd, tokens, class, repeat, runId, in any case and order;
 * others are passed over, and an empty cell is an absent one. At most 64 Mi characters, a million rows, 50 arms, 100
 * classes.
 * @param fileName for the format and for messages; nothing is opened.
 * @returns the rows in the file's order; at least one of `single` and one of `team`.
 * @throws {PlanwrightError} `usage` with file and line, the column where the format tells it.
 */
export function readResults(text: string, fileName: string): ResultRow[] {
  if (text.length > maxCharacters) {
    const problem = `the file has more than ${maxCharacters.toLocaleString('en-US')} characters. Leave out columns that are not needed`;
    throw refuse(placeLine(fileName, 1), { problem });
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const rows: ResultRow[] = [];
  const admit = admission();
  chooseFormat(body, fileName)(body, fileName, (cells, place) => {
    const row = parseRow(cells, place);
    admit(row, place);
    rows.push(row);
  });
  checkArms(rows, fileName);
  return rows;
}

function chooseFormat(text: string, fileName: string): Read {
  switch (extname(fileName).toLowerCase()) {
    case '.csv':
    case '.tsv':
      return readTable;
    case '.jsonl':
    case '.ndjson':
      return readLines;
    default: {
      const [first] = /\S/.exec(text) ?? [];
      if (first === '[') return readList;
      return first === '{' ? readLines : readTable;
    }
  }
}

/** Refuses the row that is too much, and one that was there before. */
function admission(): (row: ResultRow, place: ResultPlace) => void {
  let rows = 0;
  const arms = new Set<string>();
  const classes = new Set<string>();
  const repeats = new Set<string>();
  return ({ task, arm, class: taskClass, repeat }, place) => {
    rows += 1;
    arms.add(arm);
    if (taskClass !== undefined) classes.add(taskClass);
    if (rows > maxRows)
      throw refuse(place, { problem: `more than ${maxRows.toLocaleString('en-US')} rows. Compare a part of them` });
    if (arms.size > maxArms) throw refuse(place, { name: 'arm', problem: `more than ${maxArms} different arms` });
    if (classes.size > maxClasses) {
      const problem = `more than ${maxClasses} different classes. Use broader ones, or rename the column so that it is passed over`;
      throw refuse(place, { name: 'class', problem });
    }
    if (repeat === undefined) return;
    const key = JSON.stringify([task, arm, repeat]);
    if (repeats.has(key)) {
      const problem = 'an earlier row has the same task, arm and repeat. Give every run of a task its own number';
      throw refuse(place, { name: 'repeat', problem });
    }
    repeats.add(key);
  };
}

function checkArms(rows: readonly ResultRow[], file: string): void {
  const arms = [...new Set(rows.map(({ arm }) => arm))];
  const missing = [singleArm, teamArm].find((arm) => !arms.includes(arm));
  if (missing === undefined) return;
  const found = arms.length === 0 ? 'there are no rows' : `arms found: ${listNames(arms)}`;
  const problem = `there is no run of the arm ${missing}; ${found}. Call the two that are compared ${singleArm} and ${teamArm}`;
  throw refuse(placeLine(file, 1), { name: 'arm', problem });
}
