/** Reading what pg gives back. A column that does not hold what was written there means a damaged store. */
import type { Row } from './postgres-connection.ts';
import { storeDamaged } from './postgres-error.ts';

/** @throws {PlanwrightError} `store-corrupt` */
export function readText(row: Row, column: string, location: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw storeDamaged(location, `${column} holds no text`);
  return value;
}

/** bigint columns come as text.
 * @throws {PlanwrightError} `store-corrupt`
 */
export function readNumber(row: Row, column: string, location: string): number {
  const value = Number(row[column] ?? Number.NaN);
  if (Number.isNaN(value)) throw storeDamaged(location, `${column} holds no number`);
  return value;
}

/**
 * The caller may trust the shape: only this library writes these columns.
 * @throws {PlanwrightError} `store-corrupt`
 */
export function readJson(row: Row, column: string, location: string): unknown {
  const text = readText(row, column, location);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw storeDamaged(location, `${column} holds no JSON`, thrown);
  }
}
