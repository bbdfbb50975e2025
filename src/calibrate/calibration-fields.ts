/** Where a foreign file keeps what a calibration needs: `truth=parsed.valid,correct=head+body`. */
import { PlanwrightError } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { describeUnknown } from '../team/schema-issues.ts';

export const calibrationFields = [
  'id',
  'truth',
  'verdict',
  'kind',
  'instruction',
  'correct',
  'defective',
  'tests',
  'language',
  'packages',
] as const;
export type CalibrationField = (typeof calibrationFields)[number];

/** By field, the paths whose texts are put together; a field that is not here stands under its own name. */
export type FieldMap = Partial<Record<CalibrationField, string[]>>;

/**
 * `FIELD=PATH,…`: a path is a key of the row, or keys inside it with points between (`answer.valid`); several with `+` between
 * are put together as one text.
 * @throws {PlanwrightError} `usage`
 */
export function parseFieldMap(text: string): FieldMap {
  const map: FieldMap = {};
  for (const part of text.split(',')) {
    const [, name = '', path = ''] = /^\s*([^=]*?)\s*=(.*)$/s.exec(part) ?? [];
    const field = calibrationFields.find((known) => known === name);
    const paths = path.split('+').map((one) => one.trim());
    if (name === '' || paths.includes('')) {
      throw new PlanwrightError(
        'usage',
        `Fields are given as FIELD=PATH, separated by commas, such as truth=answer.valid; ${quoteText(part)} is not.`,
      );
    }
    if (field === undefined) throw new PlanwrightError('usage', `Fields: ${describeUnknown('field', name, calibrationFields)}`);
    if (field in map) throw new PlanwrightError('usage', `Fields: ${field} is given twice.`);
    map[field] = paths;
  }
  return map;
}

/** The fields that a row has, under their own names. */
export function pickFields(row: object, map: FieldMap): Partial<Record<CalibrationField, unknown>> {
  const picked: Partial<Record<CalibrationField, unknown>> = {};
  for (const field of calibrationFields) {
    const paths = map[field];
    const value = paths === undefined ? ownValue(row, field) : joinValues(paths.map((path) => valueAt(row, path)));
    if (value !== undefined) picked[field] = value;
  }
  return picked;
}

/** One value as it is; several as one text, which has to find each of them. */
function joinValues(values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0];
  return values.every((value) => typeof value === 'string' || typeof value === 'number') ? values.join('') : undefined;
}

/** A key with points in it comes before keys inside of keys. */
function valueAt(row: object, path: string): unknown {
  const whole = ownValue(row, path);
  if (whole !== undefined) return whole;
  let value: unknown = row;
  for (const key of path.split('.')) {
    value = typeof value === 'object' && value !== null ? ownValue(value, key) : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

function ownValue(row: object, key: string): unknown {
  return Object.hasOwn(row, key) ? (row as Record<string, unknown>)[key] : undefined;
}
