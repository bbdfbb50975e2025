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
  subtask('b', [{ kind: 'quotes' }, { kind: 'file', path: 'a.ts', matches: '(' }]),
  subtask('c', [{ kind: 'schema', schema: { properties: { x: { $ref: 'http://127.0.0.1' } } } }]),
  subtask('d', [{ kind: 'predicate', notMatches: '(' }]),
];

test('every check of a plan that cannot be made is found with its path', () => {
  expect(findUnavailableChecks({ subtasks }).map(({ path, kind }) => [path, kind])).toEqual([
    ['subtasks.1.accept.1.matches', 'file'],
    ['subtasks.2.accept.0.schema.properties.x.$ref', 'schema'],
    ['subtasks.3.accept.0.notMatches', 'predicate'],
  ]);
});

test('checks of files need a team with workspaces, sub-teams included', () => {
  const inner = defineTeam({ roles: { b: {} }, accept: [{ kind: 'quotes' }] });
  inner.roles.b?.accept.push({ kind: 'file', path: 'a.ts' });
  const team = defineTeam({ roles: { r: {} } });
  team.accept.push({ kind: 'command', run: ['node', '--test'] });
  const [role] = Object.values(team.roles);
  if (role) role.team = inner;
  expect(findUnavailableChecks({ team }).map(({ path, message }) => `${path}: ${message.slice(0, 27)}`)).toEqual([
    'roles.r.team.roles.b.accept.0: the team has no workspaces,',
    'accept.0: the team has no workspaces,',
  ]);
  const workspace = { skip: [] };
  expect(findUnavailableChecks({ team: { ...team, workspace, roles: {} } })).toEqual([]);
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
      message: expect.stringMatching(/^subtasks\.1\.accept\.1\.matches: not a valid RE2 expression: .* \(and 2 more\)$/),
      location: { path: 'subtasks.1.accept.1.matches' },
    }),
  );
  expect(() =>
    refuseUnavailableChecks({ subtasks: subtasks.slice(0, 1), team: defineTeam({ preset: 'research' }) }),
  ).not.toThrow();
});
