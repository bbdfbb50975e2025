/** The web app's files: cached by their names, never outside of their folder. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { serve } from './serving.ts';

const script = `console.log("${'x'.repeat(5000)}");\n`;

function makeApp(): string {
  const parent = makeTemporaryFolder();
  writeFileSync(join(parent, 'secret.js'), 'secret');
  const folder = join(parent, 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>The app</title>');
  writeFileSync(join(folder, 'assets/app-BHuGryC2.js'), script);
  writeFileSync(join(folder, 'assets/plain.css'), 'p { color: red }');
  writeFileSync(join(folder, 'assets/notes.exe'), 'no');
  symlinkSync(join(parent, 'secret.js'), join(folder, 'assets/link.js'));
  return folder;
}

/** With a path as it is written: `fetch` would tidy it up. */
function get(url: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject).end();
  });
}

test('what has a hash in its name is kept for good, the rest is asked about each time', async () => {
  await using serving = await serve({ appFolder: makeApp() });
  const asked = (path: string, headers = {}) => serving.ask('GET', path, { anonymous: true, headers });
  const page = await asked('/');
  expect([page.status, page.text, page.headers.get('cache-control')]).toEqual([
    200,
    '<!doctype html><title>The app</title>',
    'no-cache',
  ]);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  const hashed = await asked('/assets/app-BHuGryC2.js');
  expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(hashed.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(hashed.text).toBe(script);
  const plain = await asked('/assets/plain.css');
  expect(plain.headers.get('cache-control')).toBe('no-cache');
  const again = await asked('/assets/plain.css', { 'if-none-match': plain.headers.get('etag') ?? '' });
  expect([again.status, again.text]).toEqual([304, '']);
});

test('a text is packed for those who can unpack it', async () => {
  await using serving = await serve({ appFolder: makeApp() });
  const packed = await new Promise<Buffer>((resolve, reject) => {
    const headers = { 'accept-encoding': 'gzip' };
    request(`${serving.url}/assets/app-BHuGryC2.js`, { headers }, (response) => {
      expect(response.headers['content-encoding']).toBe('gzip');
      response.toArray().then((chunks: Buffer[]) => resolve(Buffer.concat(chunks)), reject);
    })
      .on('error', reject)
      .end();
  });
  expect(packed.byteLength).toBeLessThan(1000);
  expect(gunzipSync(packed).toString()).toBe(script);
});

test('a page of the app is the app; a file that is not there is not', async () => {
  await using serving = await serve({ appFolder: makeApp() });
  for (const path of ['/runs/20260101-000000-abc123', '/comparisons', '/runs/x?tab=ledger']) {
    expect((await serving.ask('GET', path)).text).toContain('The app');
  }
  for (const path of ['/assets/none.js', '/favicon.ico', '/assets/notes.exe', '/assets/link.js']) {
    expect({ path, status: (await serving.ask('GET', path)).status }).toEqual({ path, status: 404 });
  }
  expect((await serving.ask('POST', '/assets/plain.css', { body: {} })).status).toBe(405);
});

test('no path leads out of the folder', async () => {
  await using serving = await serve({ appFolder: makeApp() });
  for (const path of [
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/assets/..%2f..%2fsecret.js',
    '//secret.js',
    '/\\..\\secret.js',
    '/assets/%00.js',
    '/../../../../../../etc/passwd',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
  ]) {
    const { text } = await get(serving.url, path);
    expect({ path, isOutside: /secret$|root:/.test(text) }).toEqual({ path, isOutside: false });
  }
});

test('without an app a page says how to build it', async () => {
  await using serving = await serve();
  const page = await serving.ask('GET', '/');
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('npm run build')]);
  expect((await serving.ask('GET', '/runs/x')).status).toBe(404);
});
