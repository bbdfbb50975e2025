/** Reading what node:sqlite gives back. A column that does not hold what was written there means a damaged file. */
import type { SQLOutputValue } from 'node:sqlite';
import { storeCorrupt } from './sqlite-error.ts';

export type Row = Record<string, SQLOutputValue>;

/** @throws {PlanwrightError} `store-corrupt` */
export function readText(row: Row, column: string, file: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw storeCorrupt(file, `is damaged: ${column} holds no text`);
  return value;
}

/** @throws {PlanwrightError} `store-corrupt` */
export function readNumber(row: Row, column: string, file: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw storeCorrupt(file, `is damaged: ${column} holds no number`);
  return value;
}

/**
 * The caller may trust the shape: only this library writes these columns.
 * @throws {PlanwrightError} `store-corrupt`
 */
export function readJson(row: Row, column: string, file: string): unknown {
  const text = readText(row, column, file);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw storeCorrupt(file, `is damaged: ${column} holds no JSON`, thrown);
  }
}
