import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { resolveInside } from './files-root.ts';

const place = realpathSync(mkdtempSync(join(tmpdir(), 'files-root-')));
const root = join(place, 'root');
mkdirSync(join(root, 'inner'), { recursive: true });
mkdirSync(join(place, 'root-beside'));
writeFileSync(join(place, 'secret.txt'), 'secret');
symlinkSync(place, join(root, 'out'));
symlinkSync(join(root, 'inner'), join(root, 'within'));
symlinkSync(root, join(place, 'alias'));
afterAll(() => rmSync(place, { recursive: true }));

test.each([
  ['.', root],
  ['inner', join(root, 'inner')],
  ['inner/../inner', join(root, 'inner')],
  ['within', join(root, 'inner')],
  [join(root, 'inner'), join(root, 'inner')],
])('%s is inside', async (wanted, real) => {
  expect(await resolveInside(root, wanted)).toBe(real);
  expect(await resolveInside(join(place, 'alias'), wanted)).toBe(real);
});

test.each(['..', '../secret.txt', 'out', 'out/secret.txt', '/etc', '../root-beside', '/', '../absent'])(
  '%s is outside, whether there is something or not',
  async (wanted) => {
    await expect(resolveInside(root, wanted)).rejects.toMatchObject({ code: 'path-outside-root' });
  },
);

test('nothing there, and nothing allowed', async () => {
  await expect(resolveInside(root, 'absent')).rejects.toMatchObject({ code: 'usage' });
  await expect(resolveInside(undefined, 'inner')).rejects.toMatchObject({ code: 'path-outside-root' });
});
