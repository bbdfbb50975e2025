/** The parts of a JSON Schema check that look at one value and at nothing inside it. Messages continue `$.path …`. */
import type { Json } from '../json.ts';
import { describeValue } from '../plan/quote-value.ts';

export type JsonObject = { [key: string]: Json };

const typeWords: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'an object',
};

/** null when the value has one of the types. */
export function describeWrongType(type: Json, value: Json): string | null {
  const types = textsOf(type);
  if (types.some((name) => hasType(value, name))) return null;
  return `must be ${types.map((name) => typeWords[name] ?? name).join(' or ')}, not ${describeValue(value)}`;
}

function hasType(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** `must have at least 2 items, not 1`. */
export function describeWrongCount(found: number, least: Json | undefined, most: Json | undefined, noun: string): string[] {
  if (typeof least === 'number' && found < least) return [`must have at least ${least} ${noun}, not ${found}`];
  if (typeof most === 'number' && found > most) return [`must have at most ${most} ${noun}, not ${found}`];
  return [];
}

export function describeWrongNumber(schema: JsonObject, value: number): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const messages: string[] = [];
  if (typeof minimum === 'number' && value < minimum) messages.push(`must be at least ${minimum}, not ${value}`);
  if (typeof maximum === 'number' && value > maximum) messages.push(`must be at most ${maximum}, not ${value}`);
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum)
    messages.push(`must be more than ${exclusiveMinimum}, not ${value}`);
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum)
    messages.push(`must be less than ${exclusiveMaximum}, not ${value}`);
  if (typeof multipleOf === 'number' && !isMultiple(value, multipleOf))
    messages.push(`must be a multiple of ${multipleOf}, not ${value}`);
  return messages;
}

/** Exact for whole numbers; otherwise the quotient may miss a whole number by rounding: .3 is a multiple of .1. */
function isMultiple(value: number, divisor: number): boolean {
  if (Number.isInteger(value) && Number.isInteger(divisor)) return value % divisor === 0;
  const quotient = value / divisor;
  return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.abs(quotient);
}

export function describeWrongChoice(choices: readonly Json[], value: Json): string {
  const shown = choices.slice(0, 13).map((choice) => describeValue(choice));
  const more = choices.length > 13 ? `, … (${choices.length} in all)` : '';
  return `must be ${choices.length === 1 ? '' : 'one of '}${shown.join(', ')}${more}, not ${describeValue(value)}`;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or the texts of a list. */
export function textsOf(value: Json | undefined): string[] {
  return [value ?? []].flat().filter((item) => typeof item === 'string');
}

export function entriesOf(value: Json | undefined): [string, Json][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** Unicode code points, as JSON Schema counts. */
export function countCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) count += 1;
  return count;
}
