import { Validator } from '@cfworker/json-schema';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../json.ts';
import { inspectSchema, type SchemaNode } from './schema-inspect.ts';
import { validateJson } from './schema-validate.ts';

/** Schemas are read from text, as in a plan: `then` is then a plain key. */
const parse = (text: string): SchemaNode => JSON.parse(text);

function findingsOf(schema: string, value: Json): string[] {
  const node = parse(schema);
  expect(inspectSchema(node)).toBeNull();
  const validation = validateJson(node, value);
  return validation.kind === 'invalid'
    ? validation.findings.map(({ path, message }) => `${path.join('.')}: ${message}`)
    : [validation.kind];
}

describe('a wrong value is found at its path', () => {
  const wrong: [schema: string, value: Json, findings: string[]][] = [
    ['{"type":"object","required":["a","b"]}', { a: 1 }, ['b: is missing']],
    [
      '{"properties":{"a":{"items":{"type":"number"}}}}',
      { a: [1, 'x', null] },
      ['a.1: must be a number, not "x"', 'a.2: must be a number, not null'],
    ],
    ['{"type":["integer","null"]}', 1.5, [': must be a whole number or null, not 1.5']],
    ['{"additionalProperties":false,"properties":{"a":true}}', { a: 1, b: 2 }, ['b: is not allowed here']],
    [
      '{"patternProperties":{"^x_":{"type":"string"}},"additionalProperties":false}',
      { x_a: 1, y: 1 },
      ['x_a: must be text, not 1', 'y: is not allowed here'],
    ],
    ['{"enum":["a",{"b":[1]}]}', { b: [2] }, [': must be one of "a", an object, not an object']],
    ['{"const":3}', '3', [': must be 3, not "3"']],
    ['{"pattern":"^[a-z]+$"}', 'A1', [': must match the pattern "^[a-z]+$", not "A1"']],
    ['{"minLength":2}', '😀', [': must have at least 2 characters, not 1']],
    ['{"minimum":1,"multipleOf":0.1}', 0.35, [': must be at least 1, not 0.35', ': must be a multiple of 0.1, not 0.35']],
    ['{"uniqueItems":true}', [{ a: 1, b: 2 }, 1, { b: 2, a: 1 }], ['2: repeats item 0; every item must differ']],
    ['{"contains":{"const":1},"minContains":2}', [1, 2], [': must have at least 2 items of the form in "contains", not 1']],
    ['{"prefixItems":[{"type":"string"}],"items":false}', ['a', 1], ['1: is not allowed here']],
    ['{"items":[{"type":"string"}],"additionalItems":{"type":"null"}}', ['a', 1], ['1: must be null, not 1']],
    [
      '{"anyOf":[{"type":"string"},{"properties":{"a":{"type":"number"}},"required":["a"]}]}',
      { a: 'x' },
      [': fits none of the 2 alternatives', 'a: must be a number, not "x"'],
    ],
    ['{"oneOf":[{"type":"number"},{"type":"integer"}]}', 3, [': fits 2 of the alternatives of "oneOf"; exactly one must fit']],
    ['{"not":{"type":"string"}}', 'x', [': has the form that "not" excludes']],
    ['{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}', { a: 1 }, ['b: is missing']],
    ['{"dependentRequired":{"a":["b"]}}', { a: 1 }, ['b: is missing; "a" needs it']],
    ['{"dependentSchemas":{"a":{"maxProperties":1}}}', { a: 1, b: 1 }, [': must have at most 1 members, not 2']],
    ['{"propertyNames":{"maxLength":1}}', { ab: 1 }, ['ab: has a name that "propertyNames" does not allow']],
    [
      '{"$defs":{"n/x":{"properties":{"next":{"$ref":"#/$defs/n~1x"},"v":{"type":"number"}}}},"$ref":"#/$defs/n~1x"}',
      { next: { next: { v: 'x' } } },
      ['next.next.v: must be a number, not "x"'],
    ],
    ['{"format":"date"}', '2023-02-29', [': must be of the format "date", not "2023-02-29"']],
    ['{"required":["constructor","__proto__"]}', {}, ['constructor: is missing', '__proto__: is missing']],
  ];
  test.each(wrong)('%s', (schema, value, findings) => {
    expect(findingsOf(schema, value)).toEqual(findings);
  });
});

describe('a right value is valid', () => {
  test.each<[string, Json]>([
    ['{"type":"integer"}', 3],
    ['{"multipleOf":0.1}', 0.3],
    ['{"const":{"a":[1,2]}}', { a: [1, 2] }],
    ['{"properties":{"a":{"type":"string"}}}', 'not an object'],
    ['{"format":"date-time"}', '2024-02-29T23:59:60.5+01:00'],
    ['{"format":"uuid"}', '00000000-0000-0000-0000-000000000000'],
    ['{"format":"made-up"}', 'x'],
    ['{"unknownKeyword":7,"title":"x","default":3}', null],
  ])('%s', (schema, value) => {
    expect(findingsOf(schema, value)).toEqual(['valid']);
  });
});

describe('a schema that cannot be used is refused with its path', () => {
  test.each([
    [
      '{"properties":{"a":{"$ref":"https://127.0.0.1/x.json"}}}',
      'properties.a.$ref',
      '"https://127.0.0.1/x.json" leads out of the schema: only "#" and "#/…" are followed, nothing is fetched',
    ],
    [
      '{"$ref":"other.json#/a"}',
      '$ref',
      '"other.json#/a" leads out of the schema: only "#" and "#/…" are followed, nothing is fetched',
    ],
    ['{"$ref":"#/$defs/no"}', '$ref', '"#/$defs/no" leads to nothing in the schema'],
    ['{"$ref":"#"}', '', 'a $ref comes back to itself without going deeper into the value: the check would never end'],
    [
      '{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}},"items":{"$ref":"#/$defs/a"}}',
      '',
      'a $ref comes back to itself without going deeper into the value: the check would never end',
    ],
    [
      '{"items":{"pattern":"(?=a)"}}',
      'items.pattern',
      '"(?=a)": not a valid RE2 expression: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      '{"patternProperties":{"(a)\\\\1":true}}',
      'patternProperties',
      '"(a)\\\\1": not a valid RE2 expression: error parsing regexp: invalid escape sequence: `\\1`',
    ],
    ['{"type":"text"}', 'type', '"text" is not a type: null, boolean, integer, number, string, array, object'],
    ['{"properties":[]}', 'properties', 'must be a mapping of schemas, not a list'],
    ['{"properties":{"a":3}}', 'properties.a', 'must be a schema (a mapping, true or false), not 3'],
    ['{"exclusiveMinimum":true}', 'exclusiveMinimum', 'must be a number, not true'],
    ['{"multipleOf":0}', 'multipleOf', 'must be a number above 0, not 0'],
    ['{"unevaluatedProperties":false}', 'unevaluatedProperties', 'this keyword is not supported'],
    [
      `${'{"not":'.repeat(80)}{}${'}'.repeat(80)}`,
      Array(65).fill('not').join('.'),
      'the schema is nested more than 64 levels deep',
    ],
    [JSON.stringify({ allOf: Array.from({ length: 6000 }, () => ({})) }), '', 'the schema has more than 5000 parts'],
  ])('%s', (schema, path, message) => {
    const problem = inspectSchema(parse(schema));
    expect({ path: problem?.path.join('.'), message: problem?.message }).toEqual({ path, message });
  });
});

describe('a hostile schema or value is judged soon', () => {
  test('references that double forty times end as undecided', () => {
    const $defs: Record<string, Json> = { d40: { type: 'string' } };
    for (let i = 0; i < 40; i += 1) $defs[`d${i}`] = { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] };
    const schema = { $defs, $ref: '#/$defs/d0' };
    expect(inspectSchema(schema)).toBeNull();
    expect(validateJson(schema, 'x')).toEqual({ kind: 'undecided', reason: 'checking it takes more than 1000000 steps' });
  });

  test('an expression that backtracks without end elsewhere is linear', () => {
    expect(validateJson({ pattern: '^(a+)+$' }, `${'a'.repeat(100_000)}b`)).toMatchObject({ kind: 'invalid' });
  });

  test('a large expression on a large text ends as undecided', () => {
    expect(validateJson({ pattern: '(?:a?){1000}b' }, 'a'.repeat(1_000_000)).kind).toBe('undecided');
  });

  test('a value nested a hundred thousand levels deep is invalid, not a crash', () => {
    let value: Json = [];
    for (let i = 0; i < 100_000; i += 1) value = [value];
    expect(validateJson({ items: { $ref: '#' } }, value)).toEqual({
      kind: 'invalid',
      findings: [{ path: [], message: 'is nested more than 200 levels deep' }],
    });
  });

  test('a hundred thousand different items are told apart in linear time', () => {
    expect(
      validateJson(
        { uniqueItems: true },
        Array.from({ length: 100_000 }, (_, i) => [i]),
      ),
    ).toEqual({ kind: 'valid' });
  });

  test('a long list of wrong items gives ten findings', () => {
    const validation = validateJson({ items: { type: 'string' } }, Array(100_000).fill(1));
    expect(validation.kind === 'invalid' && validation.findings).toHaveLength(10);
  });

  test('a huge choice is not printed whole for each wrong item', () => {
    const choice = Array(100_000).fill('x');
    expect(validateJson({ contains: { enum: [choice] } }, Array(50_000).fill(1))).toMatchObject({ kind: 'invalid' });
  });
});

describe('verdicts agree with an independent validator', () => {
  const scalar = fc.oneof(
    fc.constantFrom<Json[]>(null, true, false, 0, 1, 2, 1.5, -3, '', 'a', 'ab', 'b1'),
    fc.integer({ min: -5, max: 5 }),
  );
  const key = fc.constantFrom('a', 'b', 'ab', 'c1');
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }));
  const small = fc.integer({ min: 0, max: 3 });
  const types = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
  const expression = fc.constantFrom('^a', 'b$', '[0-9]', 'a|b', '^.{2}$');
  const { schema } = fc.letrec<{ schema: SchemaNode }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom<SchemaNode[]>(true, false, {}, { $ref: '#/$defs/leaf' }),
      fc.record(
        {
          type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
          enum: fc.array(value, { minLength: 1, maxLength: 3 }),
          const: value,
          minimum: small,
          exclusiveMaximum: small,
          multipleOf: fc.constantFrom(1, 2, 0.5),
          minLength: small,
          maxLength: small,
          pattern: expression,
          minItems: small,
          maxItems: small,
          uniqueItems: fc.boolean(),
          items: tie('schema'),
          prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
          contains: tie('schema'),
          minContains: small,
          maxContains: small,
          properties: fc.dictionary(key, tie('schema'), { maxKeys: 3 }),
          patternProperties: fc.dictionary(expression, tie('schema'), { maxKeys: 2 }),
          additionalProperties: tie('schema'),
          required: fc.uniqueArray(key, { maxLength: 2 }),
          minProperties: small,
          maxProperties: small,
          propertyNames: tie('schema'),
          dependentRequired: fc.dictionary(key, fc.uniqueArray(key, { maxLength: 2 }), { maxKeys: 2 }),
          dependentSchemas: fc.dictionary(key, tie('schema'), { maxKeys: 1 }),
          ...Object.fromEntries(['not', 'if', 'then', 'else'].map((keyword) => [keyword, tie('schema')])),
          allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
          anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
          oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
    ),
  }));

  test('on random schemas and values', () => {
    fc.assert(
      fc.property(schema, value, (node, instance) => {
        const root = { $defs: { leaf: { type: ['string', 'array'], minLength: 1, minItems: 1 } }, allOf: [node] };
        expect(inspectSchema(root)).toBeNull();
        const expected = new Validator(JSON.parse(JSON.stringify(root)), '2020-12', false).validate(instance).valid;
        expect(validateJson(root, instance).kind).toBe(expected ? 'valid' : 'invalid');
      }),
      { numRuns: 500 },
    );
  });
});
