/** The built app: small, nothing of Node in it, and nothing that a strict content-security policy would refuse. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildWeb } from '../../scripts/build-web.ts';

const folder = 'dist/web/assets';
let files: { name: string; bytes: Buffer }[];

beforeAll(async () => {
  await buildWeb({ ifStale: true });
  files = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}, 60_000);

test('without the layout’s worker it is at most 350 kB, packed', () => {
  const packed = files.filter(({ name }) => !name.includes('worker')).map(({ bytes }) => gzipSync(bytes).byteLength);
  expect(packed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(350_000);
});

test('nothing in it asks for Node', () => {
  const asking = files.filter(({ bytes }) => /browser-external|from\s*["']node:/.test(bytes.toString()));
  expect(asking.map(({ name }) => name)).toEqual([]);
});

test('its page has no inline script or style, and loads nothing from elsewhere', () => {
  const page = readFileSync('dist/web/index.html', 'utf8');
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/);
  expect([...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address.slice(0, 9))).toEqual([
    './assets/',
    './assets/',
    './assets/',
  ]);
});
