import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonSchema } from '../plan/plan.ts';
import { defineTeam } from './define-team.ts';
import { findRole, measureDepth } from './find-role.ts';
import type { RoleDefinition, TeamDefinition } from './team-definition.ts';
import { teamFromJson, teamToJson } from './team-json.ts';

const text = fc.string({ minLength: 1, maxLength: 20 });
const count = fc.integer({ min: 1, max: 1000 });
/** Not "constructor", by which toStrictEqual tells types apart. */
const model = text.filter((spec) => !spec.includes('{env:') && !(spec in Object.prototype));
const roleName = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 _-]{0,10}$/).filter((name) => !(name in Object.prototype));
const accept = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('quotes' as const), min: fc.nat(5) }, { requiredKeys: ['kind'] }),
    fc.record({ kind: fc.constant('predicate' as const), contains: text, maxLength: fc.nat(100) }, { requiredKeys: ['kind'] }),
    fc.record({
      kind: fc.constant('schema' as const),
      schema: fc.constantFrom<JsonSchema[]>({}, { type: 'object', required: ['a'] }),
    }),
  ),
  { maxLength: 3 },
);
const limits = fc.record(
  {
    concurrency: count,
    maxSteps: count,
    callTimeoutMs: count,
    idleTimeoutMs: count,
    attemptTimeoutMs: count,
    maxOutputTokens: count,
  },
  { requiredKeys: [] },
);
const agent = {
  description: text,
  instructions: text,
  tools: fc.array(text, { maxLength: 3 }),
  model,
  fallbackModels: fc.array(model, { maxLength: 2 }),
  temperature: fc.double({ min: 0, max: 2, noNaN: true }),
  limits,
  accept,
};
const { team } = fc.letrec<{ team: TeamDefinition; role: RoleDefinition }>((tie) => ({
  role: fc.record(
    {
      ...agent,
      skills: fc.array(fc.constantFrom('TypeScript', 'python', 'reading of maps'), { maxLength: 3 }),
      purpose: fc.constantFrom('manage', 'verify'),
      output: fc.constant({ type: 'object', required: ['a'] }),
      team: fc.oneof({ depthSize: 'small', maxDepth: 2 }, fc.constant('report'), tie('team')),
    },
    { requiredKeys: [] },
  ),
  team: fc.record(
    {
      name: text,
      description: text,
      preset: fc.constantFrom('research', 'report', 'debate'),
      model,
      defaults: fc.record({ model, limits }, { requiredKeys: [] }),
      roles: fc.dictionary(roleName, tie('role'), { minKeys: 1, maxKeys: 3 }),
      fallbackModels: fc.array(model, { maxLength: 2 }),
      planner: fc.record(
        { model, fallbackModels: fc.array(model), instructions: text, maxSubtasks: count },
        { requiredKeys: [] },
      ),
      synthesizer: fc.record({ instructions: text }, { requiredKeys: [] }),
      accept,
      allocation: fc.constantFrom('capability', 'contract-net'),
      limits: fc.record(
        {
          concurrency: count,
          calls: count,
          usd: fc.double({ min: 0.01, max: 9, noNaN: true }),
          depth: fc.constant(16),
          retries: fc.nat(3),
          perModel: fc.dictionary(model, fc.record({ concurrency: count })),
        },
        { requiredKeys: ['depth'] },
      ),
    },
    { requiredKeys: ['roles', 'limits'] },
  ),
}));

test('a team is the same after it was stored', () => {
  fc.assert(
    fc.property(team, (definition) => {
      const defined = defineTeam(definition);
      expect(teamFromJson(JSON.parse(JSON.stringify(teamToJson(defined))))).toStrictEqual(defined);
    }),
    { numRuns: 200 },
  );
});

const stored = () => JSON.parse(JSON.stringify(teamToJson(defineTeam({ roles: { a: {}, b: { fallback: ['a'] } } }))));

test('a team of a newer version is refused, naming both', () => {
  expect(() => teamFromJson({ ...stored(), version: 2 })).toThrow(
    expect.objectContaining({
      code: 'team-invalid',
      message: 'A stored team has version 2; this Planwright knows version 1. Use the newer Planwright that wrote it.',
    }),
  );
});

test.each([
  [null, 'A stored team has version nothing; this Planwright knows version 1. This is not a stored team.'],
  [{ ...stored(), roles: undefined }, 'roles: is missing: a mapping belongs here'],
  [
    { ...stored(), extra: 1 },
    'extra: unknown key "extra". Known keys: version, name, description, model, fallbackModels, roles, generalist, planner, synthesizer, accept, limits, mcp, web, approvals, allocation, gate, pattern, requireCalibrated, workspace, redact.',
  ],
  [{ ...stored(), roles: { c: stored().roles.a } }, 'roles.c.name: is "a", but the role stands under "c".'],
  [{ ...stored(), roles: { b: stored().roles.b } }, 'roles.b.fallback: names "a", which is not a role.'],
  [{ ...stored(), name: () => 'x' }, 'name: must be plain data, not a function'],
])('stored data that is no team is refused: %#', (json, message) => {
  expect(() => teamFromJson(json)).toThrow(expect.objectContaining({ code: 'team-invalid', message }));
});

test('a role is found by its own name only', () => {
  const defined = defineTeam({ roles: { a: {} } });
  expect(findRole(defined, 'a')?.name).toBe('a');
  expect(findRole(defined, 'generalist')?.description).toBe('Does the whole task alone.');
  expect([findRole(defined, 'constructor'), findRole(defined, '__proto__'), findRole(defined, 'b')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('depth counts the longest path of teams', () => {
  const one = defineTeam({ roles: { a: {} } });
  expect(measureDepth(one)).toBe(1);
  expect(measureDepth(defineTeam({ roles: { a: {}, b: { team: { roles: { c: { team: one } } } } } }))).toBe(3);
});
