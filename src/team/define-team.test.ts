import { expect, test } from 'vitest';
import { defineTeam } from './define-team.ts';

test('a definition in TypeScript gives the same team as its file', () => {
  const team = defineTeam({
    name: 'pair',
    roles: { coder: { tools: ['calc'] }, critic: { fallback: ['coder'] } },
    limits: { retries: 0 },
  });
  expect(team.roles.critic?.fallback).toEqual(['coder']);
  expect(team.limits.retries).toBe(0);
  expect(team.generalist.tools).toEqual(['calc']);
});

test('a problem begins with its path', () => {
  expect(() => defineTeam({ roles: { critic: { limits: { maxSteps: 0 } } } })).toThrow(
    expect.objectContaining({ code: 'team-invalid', message: 'roles.critic.limits.maxSteps: must be at least 1, not 0.' }),
  );
});

test('a team that was already defined can be a role of another, within its depth', () => {
  const inner = defineTeam({ name: 'inner', roles: { a: { tools: ['web'] }, b: { team: { roles: { c: {} } } } } });
  const outer = defineTeam({ roles: { lead: {}, squad: { team: inner } } });
  expect(outer.roles.squad?.team).toStrictEqual(inner);
  expect(outer.generalist.tools).toEqual(['web']);
  expect(() => defineTeam({ roles: { squad: { team: inner } }, limits: { depth: 2 } })).toThrow(
    'roles.squad.team: with this team there are 3 teams within each other; limits.depth of the outermost team is 2.',
  );
});

test('only a team file can name another file', () => {
  expect(() => defineTeam({ roles: { squad: { team: 'b.yaml' } } })).toThrow(
    'roles.squad.team: "b.yaml" is not a preset; only a team file can name another file.',
  );
});

test('the team shares nothing with its definition', () => {
  const tools = ['calc'];
  const team = defineTeam({ roles: { a: { tools } } });
  tools.push('web');
  expect(team.roles.a?.tools).toEqual(['calc']);
  expect(team.generalist.tools).toEqual(['calc']);
});
