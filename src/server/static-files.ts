/**
 * The web app's files, as they were built: read once, served from a list. A path that is not on the list leads nowhere, so
 * none leads out of the folder.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Handler } from 'hono';

interface AppFile {
  path: string;
  type: string;
  tag: string;
  /** Its name holds a hash of its content. */
  isImmutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const hashedName = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
/** Of a file that is worth packing. */
const packedBytes = 1400;

export interface AppFiles {
  /** Whether there is an app. */
  isBuilt: boolean;
  handler: Handler;
}

/** @param folder Where the app was built. A folder that is not there gives a page that says how to build it. */
export async function openAppFiles(folder: string): Promise<AppFiles> {
  const files = await listFiles(folder);
  const index = files.get('/index.html');
  if (index === undefined) return { isBuilt: false, handler: (c) => c.html(notBuilt, c.req.path === '/' ? 200 : 404) };
  const packed = new Map<string, Buffer>();
  return {
    isBuilt: true,
    handler: async (c) => {
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return c.text('There is nothing to be sent to here.\n', 405);
      const path = new URL(c.req.url).pathname;
      // A page of the app has no file: it is the app's to show.
      const file = files.get(path) ?? (extname(path) === '' ? index : undefined);
      if (file === undefined) return c.text('There is no such file.\n', 404);
      c.header('etag', file.tag);
      c.header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
      if (c.req.header('if-none-match') === file.tag) return c.body(null, 304);
      c.header('content-type', file.type);
      c.header('vary', 'Accept-Encoding');
      const bytes = await readFile(file.path);
      const isText = !/^(?:image\/(?:png|x-icon)|font\/)/.test(file.type);
      if (!isText || bytes.byteLength < packedBytes || !/\bgzip\b/.test(c.req.header('accept-encoding') ?? '')) {
        return c.body(new Uint8Array(bytes));
      }
      const body = packed.get(file.tag) ?? gzipSync(bytes);
      packed.set(file.tag, body);
      c.header('content-encoding', 'gzip');
      return c.body(new Uint8Array(body));
    },
  };
}

/** By the path that a request names. Links in the folder are left out. */
async function listFiles(folder: string): Promise<Map<string, AppFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, AppFile>();
  for (const entry of entries) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path).split(sep).join('/');
    const tag = `"${createHash('sha256')
      .update(await readFile(path))
      .digest('base64url')
      .slice(0, 22)}"`;
    files.set(`/${name}`, { path, type, tag, isImmutable: hashedName.test(entry.name) && name !== 'index.html' });
  }
  return files;
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Planwright</title>
<h1>The web app is not built</h1>
<p>The HTTP API is there: docs/server.md describes it. In a checkout, <code>npm run build:web</code> builds the app; start the server again then.</p>
</html>
`;
