import { expect, test } from 'vitest';
import type { Subtask } from '../plan/plan.ts';
import { defineTeam } from '../team/define-team.ts';
import { findUnavailableChecks, refuseUnavailableChecks } from './availability.ts';

const subtask = (id: string, accept: Subtask['accept']): Subtask => ({
  id,
  role: 'r',
  instruction: 'i',
  dependsOn: [],
  ...(accept && { accept }),
});

const subtasks = [
  subtask('a', undefined),
  subtask('b', [{ kind: 'quotes' }, { kind: 'command', run: 'rm' }]),
  subtask('c', [{ kind: 'schema', schema: { properties: { x: { $ref: 'http://127.0.0.1' } } } }]),
  subtask('d', [{ kind: 'predicate', notMatches: '(' }]),
];

test('every check of a plan that cannot be made is found with its path', () => {
  expect(findUnavailableChecks({ subtasks }).map(({ path, kind, code }) => [path, kind, code])).toEqual([
    ['subtasks.1.accept.1.kind', 'command', 'check-unavailable'],
    ['subtasks.2.accept.0.schema.properties.x.$ref', 'schema', 'check-invalid'],
    ['subtasks.3.accept.0.notMatches', 'predicate', 'check-invalid'],
  ]);
});

test('a team and its sub-teams are looked through', () => {
  const inner = defineTeam({ roles: { b: {} }, accept: [{ kind: 'quotes' }] });
  inner.roles.b?.accept.push({ kind: 'file' });
  const team = defineTeam({ roles: { r: {} } });
  team.accept.push({ kind: 'file' });
  const [role] = Object.values(team.roles);
  if (role) role.team = inner;
  expect(findUnavailableChecks({ team }).map(({ path }) => path)).toEqual([
    'roles.r.team.roles.b.accept.0.kind',
    'accept.0.kind',
  ]);
});

test('a critic that is not there, is a team, or could never show anything is found where its check stands', () => {
  const team = defineTeam({
    roles: { critic: { tools: ['calc'] }, polite: {}, group: { team: { roles: { x: {} } } }, coder: {} },
    accept: [{ kind: 'critic', role: 'nobody' }],
  });
  const checked = [
    subtask('a', [{ kind: 'critic' }, { kind: 'critic', role: 'polite' }, { kind: 'critic', role: 'group' }]),
    subtask('b', [{ kind: 'rubric', rubric: 'Is it short?' }]),
  ];
  expect(findUnavailableChecks({ subtasks: checked, team }).map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'subtasks.0.accept.1.role: the critic "polite" has no tools, so no approval of it could count. Give it tools that can refute a result',
    'subtasks.0.accept.2.role: the critic "group" must be one agent, but that role is a team',
    'generalist.accept.0.role: there is no role "nobody" in team "team". Roles: critic, polite, group, coder',
    'accept.0.role: there is no role "nobody" in team "team". Roles: critic, polite, group, coder',
  ]);
});

test('a run with such a check is refused before it starts', () => {
  expect(() => refuseUnavailableChecks({ subtasks })).toThrow(
    expect.objectContaining({
      code: 'check-unavailable',
      message:
        'subtasks.1.accept.1.kind: a check of kind "command" is not available yet. Available: schema, predicate, quotes, code, rubric, critic. (and 2 more)',
      location: { path: 'subtasks.1.accept.1.kind' },
    }),
  );
  expect(() =>
    refuseUnavailableChecks({ subtasks: subtasks.slice(0, 1), team: defineTeam({ preset: 'research' }) }),
  ).not.toThrow();
});
