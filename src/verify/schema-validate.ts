/**
 * A JSON value against a JSON Schema, by a library, in bounded time. Schemas come from plans, and plans from models: a
 * pattern that backtracks for ever or references that double at every level end at the time limit, undecided.
 */
import { createContext, Script } from 'node:vm';
import { type OutputUnit, Validator } from '@cfworker/json-schema';
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';

export type Validation =
  | { kind: 'valid' }
  /** One sentence each, with its place: `$.items[0].price: Instance type "string" is invalid. Expected "number".` */
  | { kind: 'invalid'; findings: string[] }
  | { kind: 'undecided'; reason: string };

const timeLimitMs = 1000;
const maxFindings = 10;

/** Runs what its context calls `validate`; a script's time limit also ends what it calls. */
const callValidate = new Script('validate()');

export function validateJson(schema: JsonSchema, value: Json): Validation {
  let errors: OutputUnit[] = [];
  const validate = (): void => {
    errors = new Validator(schema, '2020-12', false).validate(value).errors;
  };
  try {
    callValidate.runInContext(createContext({ validate }), { timeout: timeLimitMs });
  } catch (thrown) {
    return { kind: 'undecided', reason: describeFailure(thrown) };
  }
  return errors.length === 0 ? { kind: 'valid' } : { kind: 'invalid', findings: describeErrors(errors) };
}

/** The deepest errors say what is wrong; those above them only that something below is. */
function describeErrors(errors: OutputUnit[]): string[] {
  const leaves = errors.filter(
    (error) => !errors.some((other) => other !== error && other.keywordLocation.startsWith(`${error.keywordLocation}/`)),
  );
  const shown = leaves
    .slice(0, maxFindings)
    .map(({ instanceLocation, error }) => `${printPath(instanceLocation)}: ${error.slice(0, 300)}`);
  return leaves.length > shown.length ? [...shown, `… and ${leaves.length - shown.length} more`] : shown;
}

/** `#/items/0/unit price` → `$.items[0]["unit price"]`, the middle of a long path left out. */
function printPath(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = decodePointer(part);
      if (/^\d+$/.test(name)) return `[${name}]`;
      return /^[A-Za-z_]\w{0,60}$/.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 40))}]`;
    });
  const shown = parts.length > 12 ? [...parts.slice(0, 6), '…', ...parts.slice(-5)] : parts;
  return `$${shown.join('')}`;
}

/** The library writes pointers as URI fragments. */
function decodePointer(part: string): string {
  const unescaped = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURI(unescaped);
  } catch {
    return unescaped;
  }
}

function describeFailure(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if ('code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return `it took longer than ${timeLimitMs} ms`;
  return thrown instanceof RangeError
    ? 'the schema or the value is nested too deeply'
    : (thrown.message.split('\n')[0] ?? '').slice(0, 300);
}
