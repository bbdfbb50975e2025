import { describe, expect, test } from 'vitest';
import { defineTeam } from './define-team.ts';
import { listTeamSecrets } from './secrets.ts';
import { parseTeamFile } from './team-file.ts';
import { teamFromJson, teamToJson } from './team-json.ts';

const address = 'https://agents.example.com/audit';

test('a remote agent is an address, or an address with headers, and comes back from the store as it was', () => {
  const team = defineTeam({
    defaults: { model: 'offline', tools: ['calc'], limits: { callTimeoutMs: 1000 } },
    roles: {
      short: { a2a: address },
      long: { a2a: { url: `${address}/{env:PLACE}`, headers: { 'x-key': '{env:KEY}' } } },
      own: null,
    },
  });
  expect(team.roles['short']).toMatchObject({ a2a: { url: address }, tools: [], limits: { callTimeoutMs: 1000 } });
  expect(team.roles['short']).not.toHaveProperty('model');
  expect(team.roles['own']).toMatchObject({ model: 'offline', tools: ['calc'] });
  expect(listTeamSecrets(team)).toEqual(['PLACE', 'KEY']);
  expect(teamFromJson(teamToJson(team))).toStrictEqual(team);
});

describe('a bad one is refused at its place', () => {
  const cases: [name: string, text: string, message: string][] = [
    ['a password', 'roles: {a: {a2a: "https://me:secret@host/x"}}', 'roles.a.a2a: must hold no password'],
    ['another scheme', 'roles: {a: {a2a: "file:///etc/passwd"}}', 'roles.a.a2a: must start with http:// or https://'],
    ['no address', 'roles: {a: {a2a: nowhere}}', 'roles.a.a2a: is not a valid address'],
    ['an unknown key', `roles: {a: {a2a: {url: "${address}", header: {}}}}`, 'unknown key "header"'],
    ['a bad header', `roles: {a: {a2a: {url: "${address}", headers: {"a b": x}}}}`, 'is not the name of an HTTP header'],
    ['a malformed secret', `roles: {a: {a2a: "${address}/{env:9}"}}`, 'holds an {env:…} that is not {env:NAME}'],
    [
      'a model',
      `roles: {a: {a2a: "${address}", model: offline}}`,
      'roles.a.model: belongs to a role of this team; "a" is a remote agent',
    ],
    ['tools', `roles: {a: {a2a: "${address}", tools: [calc]}}`, 'roles.a.tools: belongs to a role of this team'],
    ['a team', `roles: {a: {a2a: "${address}", team: report}}`, 'roles.a.team: belongs to a role of this team'],
    ['the generalist', `roles: {a: {a2a: "${address}"}}\ngeneralist: a`, 'generalist: must be one agent of this team'],
    ['a role called generalist', `roles: {generalist: {a2a: "${address}"}}`, 'generalist: must be one agent of this team'],
  ];
  test.each(cases)('%s', (_name, text, message) => {
    expect(() => parseTeamFile(text, 'team.yaml')).toThrow(message);
  });
});
