import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTeam } from './load-team.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'planwright-team-')));
const defineTeamModule = JSON.stringify(new URL('define-team.ts', import.meta.url).href);

beforeAll(() => {
  const files: Record<string, string> = {
    'in/team.yaml': 'roles: {a: {team: parts/b.yaml}}',
    'in/parts/b.yaml': 'roles: {b: {}}',
    'in/team.json': '{"roles": {"a": {}}}',
    'in/leaving.yaml': 'roles: {a: {team: link.yaml}}',
    'in/bad.yaml': 'roles: {a: {model: 3}}',
    'in/team.mjs': `import { defineTeam } from ${defineTeamModule};\nexport default defineTeam({ roles: { a: {} } });`,
    'in/team.ts': `import { defineTeam } from ${defineTeamModule};\nconst name: string = 'typed';\nexport default defineTeam({ name, roles: { a: {} } });`,
    'in/definition.mjs': 'export default { roles: { a: { tools: ["web"] } } };',
    'in/bad.mjs': 'export default { roles: { a: { model: 3 } } };',
    'in/empty.mjs': 'export const team = 1;',
    'in/throws.mjs': 'throw new Error("no luck");',
    'outside.yaml': 'roles: {secret: {}}',
  };
  mkdirSync(join(folder, 'in/parts'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  symlinkSync(join(folder, 'outside.yaml'), join(folder, 'in/link.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a team is loaded', () => {
  test.each([
    ['research', ['researcher', 'critic', 'writer']],
    ['in/team.yaml', ['a']],
    ['in/team.json', ['a']],
    ['in/team.mjs', ['a']],
    ['in/team.ts', ['a']],
    ['in/definition.mjs', ['a']],
  ])('from %s', async (reference, roles) => {
    const team = await loadTeam(reference, { cwd: folder });
    expect(Object.keys(team.roles)).toEqual(roles);
  });

  test('with the sub-teams beside it', async () => {
    const team = await loadTeam('in/team.yaml', { cwd: folder });
    expect(Object.keys(team.roles.a?.team?.roles ?? {})).toEqual(['b']);
  });
});

describe('what is not a team is refused with its place', () => {
  test.each([
    [
      'reserch',
      'There is no preset "reserch", and a team file ends in .yaml, .yml, .json, .ts, .mts, .js, .mjs. Presets: report, research.',
    ],
    ['no.yaml', `There is no team file "no.yaml" (${join(folder, 'no.yaml')}). Presets: report, research.`],
    ['in/bad.yaml', 'in/bad.yaml:1:20 roles.a.model: must be text, not 3.'],
    ['in/bad.mjs', 'in/bad.mjs roles.a.model: must be text, not 3.'],
    ['in/empty.mjs', 'in/empty.mjs: the module has no team as its default export. Write: export default defineTeam({ … })'],
    ['in/throws.mjs', 'in/throws.mjs: cannot be loaded: no luck'],
    [
      'in/leaving.yaml',
      `in/leaving.yaml:1:19 roles.a.team: cannot read the team file in/link.yaml: a link leads out of the folder ${join(folder, 'in')}.`,
    ],
  ])('%s', async (reference, message) => {
    await expect(loadTeam(reference, { cwd: folder })).rejects.toMatchObject({ code: 'team-invalid', message });
  });

  test('a folder is not read as a file', async () => {
    mkdirSync(join(folder, 'dir.yaml'));
    await expect(loadTeam('dir.yaml', { cwd: folder })).rejects.toMatchObject({
      message: `Not a file: "dir.yaml" (${join(folder, 'dir.yaml')}). Presets: report, research.`,
    });
  });
});
