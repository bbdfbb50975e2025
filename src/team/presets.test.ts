import { describe, expect, test } from 'vitest';
import { defaultPreset } from './defaults.ts';
import { defineTeam } from './define-team.ts';
import { findPreset, listPresets } from './presets.ts';
import { teamFromJson, teamToJson } from './team-json.ts';

const names = listPresets().map(({ name }) => name);

test('the presets, the default one among them', () => {
  expect(names).toEqual(['report', 'research']);
  expect(names.filter((name) => name === defaultPreset)).toEqual(['research']);
});

test('a name that objects inherit is no preset', () => {
  expect(findPreset('constructor')).toBeUndefined();
});

describe.each(names)('preset %s', (name) => {
  const team = defineTeam({ preset: name }, { tools: [] });

  test('is a valid team under its own name, and survives being stored', () => {
    expect(team.name).toBe(name);
    expect(teamFromJson(JSON.parse(JSON.stringify(teamToJson(team))))).toStrictEqual(team);
  });

  test('has roles that a planner can tell apart', () => {
    const roles = Object.values(team.roles);
    expect(new Set(roles.map((role) => role.description)).size).toBe(roles.length);
    expect(roles.filter((role) => role.description.length > 120)).toEqual([]);
  });
});

test('the roles of report cost at most 30 tokens of instructions each', () => {
  const { roles } = defineTeam({ preset: 'report' });
  expect(Object.values(roles).filter((role) => role.instructions.length > 120)).toEqual([]);
  expect(Object.keys(roles)).toEqual(['researcher', 'coder', 'critic', 'writer']);
});

test('every role of research knows the citation syntax, and the critic has the tool to read the line itself', () => {
  const { roles, accept } = defineTeam({ preset: 'research' });
  expect(Object.values(roles).filter((role) => !role.instructions.includes('"exact quote" [path:line]'))).toEqual([]);
  expect(Object.values(roles).map((role) => role.tools)).toEqual([['files', 'calc'], ['files'], []]);
  expect(roles.critic?.instructions).toContain('never trust the quote you were handed');
  expect(accept).toEqual([{ kind: 'quotes' }]);
});
