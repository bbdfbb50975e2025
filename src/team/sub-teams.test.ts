import { describe, expect, test } from 'vitest';
import { parseTeamFile } from './team-file.ts';

/** Parses the first file; the others are found by their path. */
function parse(files: Record<string, string>) {
  const [first = '', text = ''] = Object.entries(files)[0] ?? [];
  return parseTeamFile(text, first, {
    readFile: (path) => {
      const found = files[path];
      if (found === undefined) throw new Error('no such file');
      return found;
    },
  });
}

/** A team of twenty roles, each of them the team of another file. */
function many(next: string): string {
  return `limits: {depth: 10}\nroles:\n${Array.from({ length: 20 }, (_, i) => `  r${i}: {team: ${next}}`).join('\n')}`;
}

describe('teams within teams', () => {
  test('a path is relative to the file that names it', () => {
    const team = parse({
      'teams/a.yaml': 'roles: {x: {team: parts/b.yaml}}',
      'teams/parts/b.yaml': 'description: Two of them.\nroles: {y: {team: c.json}}',
      'teams/parts/c.json': '{"roles": {"z": {}}}',
    });
    expect(team.roles.x?.description).toBe('Two of them.');
    expect(Object.keys(team.roles.x?.team?.roles.y?.team?.roles ?? {})).toEqual(['z']);
  });

  test('a preset can be a sub-team', () => {
    expect(parse({ 'a.yaml': 'roles: {x: {team: report}}' }).roles.x?.team?.name).toBe('report');
  });

  const refused: [name: string, files: Record<string, string>, message: string][] = [
    [
      'a problem in it is located in its own file',
      { 'a.yaml': 'roles: {x: {team: b.yaml}}', 'b.yaml': 'roles:\n  y: {model: 3}' },
      'b.yaml:2:14 roles.y.model: must be text, not 3.',
    ],
    [
      'a cycle',
      { 't/a.yaml': 'roles: {x: {team: b.yaml}}', 't/b.yaml': 'roles:\n  y: {team: ./a.yaml}' },
      't/b.yaml:2:13 roles.y.team: the teams form a cycle: t/a.yaml → t/b.yaml → t/a.yaml.',
    ],
    [
      'a team that names itself',
      { 'a.yaml': 'roles: {x: {team: a.yaml}}' },
      'a.yaml:1:19 roles.x.team: the teams form a cycle: a.yaml → a.yaml.',
    ],
    [
      'a path out of the folder',
      { 't/a.yaml': 'roles: {x: {team: ../b.yaml}}' },
      't/a.yaml:1:19 roles.x.team: leads to b.yaml, out of the folder of t/a.yaml.',
    ],
    [
      'a path out of the folder from a folder in it',
      { 'a.yaml': 'roles: {x: {team: p/b.yaml}}', 'p/b.yaml': 'roles: {y: {team: ../../c.yaml}}' },
      'p/b.yaml:1:19 roles.y.team: leads to ../c.yaml, out of the folder of a.yaml.',
    ],
    [
      'an absolute path',
      { 'a.yaml': 'roles: {x: {team: /etc/team.yaml}}' },
      'a.yaml:1:19 roles.x.team: must be a relative path: a sub-team lives in the folder of the team file.',
    ],
    [
      'a missing file',
      { 'a.yaml': 'roles: {x: {team: b.yaml}}' },
      'a.yaml:1:19 roles.x.team: cannot read the team file b.yaml: no such file.',
    ],
    [
      'something else than a path or a preset',
      { 'a.yaml': 'roles: {x: {team: reserch}}' },
      'a.yaml:1:19 roles.x.team: must be the path of a .yaml, .yml or .json team file, the name of a preset, or a team written here, not "reserch".',
    ],
    [
      'more teams within each other than the limit',
      { 'a.yaml': 'limits: {depth: 2}\nroles: {x: {team: {roles: {y: {team: {roles: {z: {}}}}}}}}' },
      'a.yaml:2:38 roles.x.team.roles.y.team: this team is 3 teams deep; limits.depth of the outermost team is 2.',
    ],
  ];
  test.each(refused)('%s is refused', (_name, files, message) => {
    expect(() => parse(files)).toThrow(expect.objectContaining({ code: 'team-invalid', message }));
  });

  test('files that name each other many times over are not read without end', () => {
    const files = { 'a.yaml': many('b.yaml'), 'b.yaml': many('c.yaml'), 'c.yaml': many('d.yaml'), 'd.yaml': 'roles: {z: {}}' };
    expect(() => parse(files)).toThrow(/there are more than 64 teams within teams/);
  });
});
