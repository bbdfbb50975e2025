/**
 * A JSON value against an inspected schema, in bounded time: every visit of a schema costs a step, patterns run in RE2,
 * and when the steps are used up the answer is "undecided", never a wrong one.
 */
import { RE2JS } from 're2js';
import type { Json } from '../json.ts';
import { measureExpression } from '../plan/predicate.ts';
import { describeValue, quoteText } from '../plan/quote-value.ts';
import { findFormat } from './schema-format.ts';
import { isSchema, resolveReference, type SchemaNode } from './schema-inspect.ts';
import {
  countCharacters,
  describeWrongChoice,
  describeWrongCount,
  describeWrongNumber,
  describeWrongType,
  entriesOf,
  isObject,
  type JsonObject,
  textsOf,
} from './schema-leaves.ts';

/** One thing wrong with a value: `$.items[0].price must be a number, not "12"`. */
export interface SchemaFinding {
  path: readonly (string | number)[];
  message: string;
}

export type Validation =
  | { kind: 'valid' }
  | { kind: 'invalid'; findings: SchemaFinding[] }
  | { kind: 'undecided'; reason: string };

type Path = readonly (string | number)[];

/** One step is one schema applied to one value, or some 100 characters compared: 1 million take about a second. */
const maxSteps = 1_000_000;
const maxValueDepth = 200;
const maxRecursion = 1_500;
const maxFindings = 10;

class Undecided extends Error {}

export function validateJson(schema: SchemaNode, value: Json): Validation {
  const deep = findTooDeep(value);
  if (deep) return { kind: 'invalid', findings: [{ path: [], message: `is nested more than ${maxValueDepth} levels deep` }] };
  try {
    const findings = new Validator(schema).apply(schema, value, []);
    return findings.length === 0 ? { kind: 'valid' } : { kind: 'invalid', findings: findings.slice(0, maxFindings) };
  } catch (thrown) {
    if (thrown instanceof Undecided) return { kind: 'undecided', reason: thrown.message };
    throw thrown;
  }
}

class Validator {
  readonly #root: SchemaNode;
  readonly #patterns = new Map<string, { expression: RE2JS; cost: number }>();
  #stepsLeft = maxSteps;
  #recursion = 0;

  constructor(root: SchemaNode) {
    this.#root = root;
  }

  /** What is wrong, the first things only; empty when the value is valid. */
  apply(schema: SchemaNode, value: Json, path: Path): SchemaFinding[] {
    this.#spend(1);
    if (schema === true) return [];
    if (schema === false) return [{ path, message: 'is not allowed here' }];
    if (this.#recursion >= maxRecursion) throw new Undecided('the schema and the value are nested too deeply');
    this.#recursion += 1;
    const findings = [
      ...this.#applyAny(schema, value, path),
      ...this.#applyCombined(schema, value, path),
      ...this.#applyTyped(schema, value, path),
    ];
    this.#recursion -= 1;
    return findings.length > maxFindings ? findings.slice(0, maxFindings) : findings;
  }

  #spend(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new Undecided(`checking it takes more than ${maxSteps} steps`);
  }

  #applyTyped(schema: JsonObject, value: Json, path: Path): SchemaFinding[] {
    if (typeof value === 'string') return this.#applyToText(schema, value, path);
    if (typeof value === 'number') return locate(describeWrongNumber(schema, value), path);
    if (Array.isArray(value)) return this.#applyToList(schema, value, path);
    return typeof value === 'object' && value !== null ? this.#applyToObject(schema, value, path) : [];
  }

  #applyAny(schema: JsonObject, value: Json, path: Path): SchemaFinding[] {
    const wrongType = schema.type === undefined ? null : describeWrongType(schema.type, value);
    if (wrongType !== null) return [{ path, message: wrongType }];
    const findings: SchemaFinding[] = [];
    if (Array.isArray(schema.enum) && !schema.enum.some((item) => this.#isSame(item, value))) {
      findings.push({ path, message: describeWrongChoice(schema.enum, value) });
    }
    if (schema.const !== undefined && !this.#isSame(schema.const, value)) {
      findings.push({ path, message: describeWrongChoice([schema.const], value) });
    }
    return findings;
  }

  #applyCombined(schema: JsonObject, value: Json, path: Path): SchemaFinding[] {
    const findings: SchemaFinding[] = [];
    if (typeof schema.$ref === 'string') {
      const target = resolveReference(this.#root, schema.$ref);
      if (target !== undefined) findings.push(...this.apply(target, value, path));
    }
    for (const part of schemasOf(schema.allOf)) findings.push(...this.apply(part, value, path));
    if (schema.anyOf !== undefined) findings.push(...this.#applyAlternatives(schemasOf(schema.anyOf), value, path, false));
    if (schema.oneOf !== undefined) findings.push(...this.#applyAlternatives(schemasOf(schema.oneOf), value, path, true));
    if (isSchema(schema.not) && this.#accepts(schema.not, value, path))
      findings.push({ path, message: 'has the form that "not" excludes' });
    if (isSchema(schema.if)) {
      const branch = this.#accepts(schema.if, value, path) ? schema.then : schema.else;
      if (isSchema(branch)) findings.push(...this.apply(branch, value, path));
    }
    return findings;
  }

  #accepts(schema: SchemaNode, value: Json, path: Path): boolean {
    return this.apply(schema, value, path).length === 0;
  }

  /** When none fits, the alternative that got furthest into the value is the one that was probably meant. */
  #applyAlternatives(alternatives: SchemaNode[], value: Json, path: Path, exactlyOne: boolean): SchemaFinding[] {
    let fitting = 0;
    let nearest: SchemaFinding[] = [];
    let depth = -1;
    for (const alternative of alternatives) {
      const findings = this.apply(alternative, value, path);
      const [first] = findings;
      if (first === undefined) {
        fitting += 1;
        if (!exactlyOne) return [];
      } else if (first.path.length > depth) {
        nearest = findings;
        depth = first.path.length;
      }
    }
    if (fitting === 1) return [];
    if (fitting > 1) return [{ path, message: `fits ${fitting} of the alternatives of "oneOf"; exactly one must fit` }];
    return alternatives.length === 1
      ? nearest
      : [{ path, message: `fits none of the ${alternatives.length} alternatives` }, ...nearest];
  }

  #applyToText(schema: JsonObject, text: string, path: Path): SchemaFinding[] {
    const findings: SchemaFinding[] = [];
    if (schema.minLength !== undefined || schema.maxLength !== undefined) {
      this.#spend(text.length / 100);
      findings.push(...locate(describeWrongCount(countCharacters(text), schema.minLength, schema.maxLength, 'characters'), path));
    }
    if (typeof schema.pattern === 'string' && !this.#matches(schema.pattern, text)) {
      findings.push({ path, message: `must match the pattern ${quoteText(schema.pattern)}, not ${describeValue(text)}` });
    }
    if (typeof schema.format === 'string') {
      const isOfFormat = findFormat(schema.format);
      if (isOfFormat !== undefined && !isOfFormat(text))
        findings.push({ path, message: `must be of the format ${quoteText(schema.format)}, not ${describeValue(text)}` });
    }
    return findings;
  }

  /** Linear in the text, times the size of the expression. */
  #matches(pattern: string, text: string): boolean {
    let compiled = this.#patterns.get(pattern);
    if (compiled === undefined) {
      compiled = { expression: RE2JS.compile(pattern), cost: measureExpression(pattern) };
      this.#patterns.set(pattern, compiled);
    }
    this.#spend(1 + (text.length * compiled.cost) / 10);
    return compiled.expression.matcher(text).find();
  }

  #applyToList(schema: JsonObject, list: Json[], path: Path): SchemaFinding[] {
    const findings = locate(describeWrongCount(list.length, schema.minItems, schema.maxItems, 'items'), path);
    const isTuple = Array.isArray(schema.items);
    const first = schemasOf(isTuple ? schema.items : schema.prefixItems);
    const rest = isTuple ? schema.additionalItems : schema.items;
    for (const [index, item] of list.entries()) {
      if (findings.length >= maxFindings) return findings;
      const own = first[index] ?? rest;
      if (isSchema(own)) findings.push(...this.apply(own, item, [...path, index]));
    }
    if (isSchema(schema.contains)) findings.push(...this.#countContained(schema, schema.contains, list, path));
    if (schema.uniqueItems === true) findings.push(...this.#findRepeated(list, path));
    return findings;
  }

  #countContained(schema: JsonObject, contains: SchemaNode, list: Json[], path: Path): SchemaFinding[] {
    const contained = list.filter((item, index) => this.#accepts(contains, item, [...path, index])).length;
    return locate(
      describeWrongCount(contained, schema.minContains ?? 1, schema.maxContains, 'items of the form in "contains"'),
      path,
    );
  }

  #findRepeated(list: Json[], path: Path): SchemaFinding[] {
    const seen = new Map<string, number>();
    for (const [index, item] of list.entries()) {
      const text = this.#canonical(item);
      const before = seen.get(text);
      if (before !== undefined) return [{ path: [...path, index], message: `repeats item ${before}; every item must differ` }];
      seen.set(text, index);
    }
    return [];
  }

  #applyToObject(schema: JsonObject, object: JsonObject, path: Path): SchemaFinding[] {
    const keys = Object.keys(object);
    const findings = locate(describeWrongCount(keys.length, schema.minProperties, schema.maxProperties, 'members'), path);
    for (const name of textsOf(schema.required)) {
      if (!Object.hasOwn(object, name)) findings.push({ path: [...path, name], message: 'is missing' });
    }
    for (const [name, required] of entriesOf(schema.dependentRequired)) {
      if (!Object.hasOwn(object, name)) continue;
      const missing = textsOf(required).filter((other) => !Object.hasOwn(object, other));
      for (const other of missing) findings.push({ path: [...path, other], message: `is missing; ${quoteText(name)} needs it` });
    }
    for (const [name, dependent] of entriesOf(schema.dependentSchemas)) {
      if (Object.hasOwn(object, name) && isSchema(dependent)) findings.push(...this.apply(dependent, object, path));
    }
    for (const key of keys) {
      if (findings.length >= maxFindings) return findings;
      findings.push(...this.#applyToMember(schema, key, object[key] ?? null, [...path, key]));
    }
    return findings;
  }

  #applyToMember(schema: JsonObject, key: string, value: Json, path: Path): SchemaFinding[] {
    const findings: SchemaFinding[] = [];
    if (isSchema(schema.propertyNames) && !this.#accepts(schema.propertyNames, key, path))
      findings.push({ path, message: 'has a name that "propertyNames" does not allow' });
    let isKnown = false;
    if (isObject(schema.properties) && Object.hasOwn(schema.properties, key)) {
      const own = schema.properties[key];
      isKnown = true;
      if (isSchema(own)) findings.push(...this.apply(own, value, path));
    }
    for (const [pattern, own] of entriesOf(schema.patternProperties)) {
      if (!this.#matches(pattern, key)) continue;
      isKnown = true;
      if (isSchema(own)) findings.push(...this.apply(own, value, path));
    }
    if (!isKnown && isSchema(schema.additionalProperties)) findings.push(...this.apply(schema.additionalProperties, value, path));
    return findings;
  }

  #isSame(a: Json, b: Json): boolean {
    this.#spend(1);
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
    return this.#canonical(a) === this.#canonical(b);
  }

  /** Text that two values share exactly when they are equal: members sorted by key. */
  #canonical(value: Json, depth = 0): string {
    this.#spend(1);
    if (depth > maxValueDepth) throw new Undecided('a value of the schema is nested too deeply');
    if (typeof value === 'string') this.#spend(value.length / 100);
    if (Array.isArray(value)) return `[${value.map((item) => this.#canonical(item, depth + 1)).join(',')}]`;
    if (!isObject(value)) return JSON.stringify(value === 0 ? 0 : value);
    const members = Object.keys(value).toSorted();
    return `{${members.map((key) => `${JSON.stringify(key)}:${this.#canonical(value[key] ?? null, depth + 1)}`).join(',')}}`;
  }
}

function locate(messages: readonly string[], path: Path): SchemaFinding[] {
  return messages.map((message) => ({ path, message }));
}

function schemasOf(value: Json | undefined): SchemaNode[] {
  return Array.isArray(value) ? value.filter((item) => isSchema(item)) : [];
}

/** Without recursion: the value may be nested as deep as its text is long. */
function findTooDeep(value: Json): boolean {
  const pending: { value: Json; depth: number }[] = [{ value, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > maxValueDepth) return true;
    for (const child of Object.values(next.value)) pending.push({ value: child, depth: next.depth + 1 });
  }
  return false;
}
