/** Who gets in, from where, and with what in hand. */
import { request } from 'node:http';
import { startServer } from 'planwright/server';
import { describe, expect, test } from 'vitest';
import { type Serving, serve, token } from './serving.ts';

const aPath = '/api/runs';

/** With headers that `fetch` does not let through. */
function raw(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; setCookie: string[] }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, setCookie: response.headers['set-cookie'] ?? [] }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

const codeOf = ({ json }: { json: unknown }) => (json as { error: { code: string } }).error.code;

async function openSession({ server, url }: Serving): Promise<string> {
  const link = new URL(server.issueLink());
  const { status, setCookie } = await raw(url, 'GET', `${link.pathname}${link.search}`, {});
  expect(status).toBe(303);
  expect(setCookie).toHaveLength(1);
  expect(setCookie[0]).toMatch(/^planwright-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  return (setCookie[0] ?? '').split(';')[0] ?? '';
}

describe('tokens and sessions', () => {
  test('without either, and with a wrong one, nothing below /api answers', async () => {
    await using serving = await serve();
    for (const path of [aPath, '/api/server', '/api/openapi.json', '/api/runs/x/events', '/api/nothing']) {
      const without = await serving.ask('GET', path, { anonymous: true });
      expect([without.status, codeOf(without), without.headers.get('www-authenticate')]).toEqual([401, 'unauthorized', 'Bearer']);
      for (const authorization of ['Bearer wrong', `Bearer ${token}x`, `Basic ${token}`, 'Bearer', `Bearer ${'x'.repeat(600)}`]) {
        expect((await serving.ask('GET', path, { anonymous: true, headers: { authorization } })).status).toBe(401);
      }
    }
    const posted = await serving.ask('POST', '/api/runs', { anonymous: true, body: { task: 'x' } });
    expect(posted.status).toBe(401);
    expect((await serving.ask('GET', aPath)).status).toBe(200);
  });

  test('a link opens one session and is useless then', async () => {
    await using serving = await serve();
    const link = new URL(serving.server.issueLink());
    const path = `${link.pathname}${link.search}`;
    const first = await raw(serving.url, 'GET', path, {});
    const second = await raw(serving.url, 'GET', path, {});
    expect([first.status, first.setCookie.length, second.status, second.setCookie.length]).toEqual([303, 1, 303, 0]);
    const cookie = (first.setCookie[0] ?? '').split(';')[0] ?? '';
    expect((await raw(serving.url, 'GET', aPath, { cookie })).status).toBe(200);
    expect((await raw(serving.url, 'GET', aPath, { cookie: `${cookie}x` })).status).toBe(401);
  });

  test('a new link makes the one before it useless', async () => {
    await using serving = await serve();
    const first = new URL(serving.server.issueLink());
    await openSession(serving);
    expect((await raw(serving.url, 'GET', `/${first.search}`, {})).setCookie).toEqual([]);
  });

  test('the server’s token opens sessions too, and a session can be closed', async () => {
    await using serving = await serve();
    const wrong = await serving.ask('POST', '/api/session', { anonymous: true, body: { token: 'wrong' } });
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'unauthorized']);
    const opened = await serving.ask('POST', '/api/session', { anonymous: true, body: { token } });
    expect(opened.status).toBe(204);
    const cookie = (opened.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    expect((await raw(serving.url, 'GET', aPath, { cookie })).status).toBe(200);
    const origin = serving.url;
    expect((await raw(serving.url, 'DELETE', '/api/session', { cookie, origin })).status).toBe(204);
    expect((await raw(serving.url, 'GET', aPath, { cookie })).status).toBe(401);
  });
});

describe('other sites', () => {
  test('a host that is not the server’s is refused, whatever else is right', async () => {
    await using serving = await serve({ allowedHosts: ['planwright.example'] });
    const { port } = new URL(serving.url);
    const authorization = `Bearer ${token}`;
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `localhost.evil.example:${port}`,
      `10.0.0.1:${port}`,
    ]) {
      for (const path of [aPath, '/healthz', '/']) {
        const { status } = await raw(serving.url, 'GET', path, { host, authorization });
        expect({ host, path, status }).toEqual({ host, path, status: 403 });
      }
    }
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `LOCALHOST:${port}`,
      `[::1]:${port}`,
      'planwright.example',
      'planwright.example:8443',
    ]) {
      expect({ host, ...(await raw(serving.url, 'GET', aPath, { host, authorization })) }).toMatchObject({ host, status: 200 });
    }
  });

  test('what changes something is not taken from another origin, nor from one that is not told', async () => {
    await using serving = await serve();
    const cookie = await openSession(serving);
    const post = async (headers: Record<string, string>) => {
      const { status, json } = await serving.ask('POST', '/api/plans/check', { anonymous: true, body: { plan: {} }, headers });
      return status === 200 ? 200 : `${status} ${(json as { error: { code: string } }).error.code}`;
    };
    const refused = '403 origin-refused';
    const { port } = new URL(serving.url);
    expect(await post({ cookie, origin: serving.url })).toBe(200);
    expect(await post({ cookie })).toBe(refused);
    expect(await post({ cookie, origin: 'https://evil.example' })).toBe(refused);
    expect(await post({ cookie, origin: 'null' })).toBe(refused);
    expect(await post({ cookie, origin: `http://127.0.0.1:${Number(port) + 1}` })).toBe(refused);
    expect(await post({ cookie, origin: `http://localhost:${port}` })).toBe(refused);
    expect(await post({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).toBe(refused);
    expect(await post({ authorization: `Bearer ${token}` })).toBe(200);
    for (const [site, expected] of [
      ['same-origin', 200],
      ['same-site', refused],
      ['cross-site', refused],
    ] as const) {
      const { status, text } = await raw(serving.url, 'POST', '/api/runs/x/resume', {
        cookie,
        origin: serving.url,
        'sec-fetch-site': site,
      });
      expect({ site, got: text.includes('origin-refused') ? refused : status }).toEqual({
        site,
        got: expected === 200 ? 404 : expected,
      });
    }
  });

  test('a page of another site reads nothing with the user’s cookie', async () => {
    await using serving = await serve();
    const cookie = await openSession(serving);
    expect((await raw(serving.url, 'GET', aPath, { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await raw(serving.url, 'GET', aPath, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await raw(serving.url, 'GET', aPath, { cookie, 'sec-fetch-site': 'same-site' })).status).toBe(401);
    const preflight = await raw(serving.url, 'OPTIONS', aPath, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    });
    expect(preflight.status).toBe(403);
  });
});

describe('binds', () => {
  test('beyond this machine only with a token, which is no short one', async () => {
    await expect(startServer({ hostname: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('PLANWRIGHT_TOKEN'),
    });
    await expect(startServer({ hostname: '::', port: 0 })).rejects.toMatchObject({ code: 'usage' });
    await expect(startServer({ hostname: '0.0.0.0', port: 0, token: 'short' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('16 to 500'),
    });
    await using serving = await serve({ hostname: '0.0.0.0' });
    const { port } = new URL(serving.url);
    const authorization = `Bearer ${token}`;
    const url = `http://127.0.0.1:${port}`;
    expect((await raw(url, 'GET', aPath, { authorization, host: `192.0.2.7:${port}` })).status).toBe(200);
    expect((await raw(url, 'GET', aPath, { authorization, host: `evil.example:${port}` })).status).toBe(403);
  });

  test('a port that is taken is said so', async () => {
    await using serving = await serve();
    const port = Number(new URL(serving.url).port);
    await expect(startServer({ port, store: serving.server.store })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--port'),
    });
  });

  test('a folder that is none, and a team that is none, are said so', async () => {
    await expect(startServer({ port: 0, filesRoots: ['/nowhere/at/all'] })).rejects.toMatchObject({ code: 'usage' });
    await expect(startServer({ port: 0, teams: ['nowhere.yaml'] })).rejects.toMatchObject({ code: 'team-invalid' });
  });
});

describe('bodies', () => {
  test('of another type, malformed, too large, too deep or with something unknown are refused', async () => {
    await using serving = await serve();
    const post = async (options: Parameters<Serving['ask']>[2]) => {
      const answer = await serving.ask('POST', '/api/runs/x/cancel', options);
      return `${answer.status} ${codeOf(answer)}`;
    };
    const json = { 'content-type': 'application/json' };
    expect(await post({ raw: '{"reason":"x"}', headers: { 'content-type': 'text/plain' } })).toBe('415 unsupported-media-type');
    expect(await post({ raw: 'reason=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).toBe(
      '415 unsupported-media-type',
    );
    expect(await post({ raw: new TextEncoder().encode('{}') })).toBe('415 unsupported-media-type');
    expect(await post({ raw: '{"reason":', headers: json })).toBe('400 malformed');
    expect(await post({ raw: new Uint8Array([0x22, 0xff, 0xfe, 0x22]), headers: json })).toBe('400 malformed');
    expect(await post({ raw: '['.repeat(100_000), headers: json })).toBe('400 malformed');
    expect(await post({ raw: `{"reason":${'{"a":'.repeat(250)}1${'}'.repeat(250)}}`, headers: json })).toBe('400 malformed');
    expect(await post({ body: [] })).toBe('400 malformed');
    expect(await post({ body: { reason: 7 } })).toBe('400 malformed');
    expect(await post({ body: { reason: 'x', other: 1 } })).toBe('400 malformed');
    expect(await post({ raw: '{"__proto__":{"reason":"x"}}', headers: json })).toBe('400 malformed');
    expect(await post({ body: { reason: 'x'.repeat(1_000_001) } })).toBe('413 too-large');
    const login = { anonymous: true, body: { token: 'x'.repeat(10_001) } };
    expect((await serving.ask('POST', '/api/session', login)).status).toBe(413);
    expect(await post({ body: { reason: 'x' } })).toBe('404 run-unknown');
    expect(await post({})).toBe('404 run-unknown');
  });

  test('that do not say how large they are end at the limit', async () => {
    await using serving = await serve();
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(0x20)),
    });
    const response = await fetch(`${serving.url}/api/runs/x/cancel`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    });
    expect(response.status).toBe(413);
  });

  test('of a plan may be larger', async () => {
    await using serving = await serve();
    const subtasks = Array.from({ length: 4000 }, (_one, at) => ({
      id: `s${at}`,
      role: 'r',
      instruction: 'x'.repeat(400),
      dependsOn: [],
    }));
    const checked = await serving.ask('POST', '/api/plans/check', { body: { plan: { version: 1, task: 't', subtasks } } });
    expect(checked.json).toMatchObject({ ok: true, shape: { subtasks: 4000 } });
    expect((await serving.ask('POST', '/api/plans/check', { body: { plan: 'x'.repeat(20_000_001) } })).status).toBe(413);
  });

  test('queries are checked too', async () => {
    await using serving = await serve();
    for (const query of ['limit=0', 'limit=x', 'limit=501', 'status=gone', 'other=1', 'limit=1&limit=2', 'before=nobody']) {
      expect({ query, code: codeOf(await serving.ask('GET', `/api/runs?${query}`)) }).toEqual({ query, code: 'malformed' });
    }
  });
});

describe('answers', () => {
  test('carry headers that keep a page from running what it should not', async () => {
    await using serving = await serve();
    for (const path of ['/', aPath, '/api/nothing', '/healthz', '/../../etc/passwd']) {
      const { headers } = await serving.ask('GET', path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /default-src 'none'; script-src 'self';.*connect-src 'self';.*base-uri 'none'; frame-ancestors 'none'/,
      );
      expect(policy).not.toMatch(/script-src[^;]*(?:unsafe|\*|http)/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('below /api there is JSON only, and a path or method that is not there is 404', async () => {
    await using serving = await serve();
    for (const [method, path] of [
      ['GET', '/api'],
      ['GET', '/api/'],
      ['GET', '/api/nothing'],
      ['PUT', '/api/runs'],
      ['DELETE', '/api/runs/x'],
      ['GET', '/api/runs/x/cancel'],
      ['GET', '/api//runs'],
    ] as const) {
      const answer = await serving.ask(method, path);
      expect({ method, path, status: answer.status, code: codeOf(answer) }).toEqual({
        method,
        path,
        status: 404,
        code: 'not-found',
      });
    }
  });

  test('hostile ids are ids of no run', async () => {
    await using serving = await serve();
    const ids = [
      "'; DROP TABLE runs; --",
      '../../etc/passwd',
      '%00',
      '<script>alert(1)</script>',
      'x'.repeat(2000),
      '__proto__',
      'constructor',
      '☃',
      'a%2Fb',
      '\u202e',
      '%E0%A4%A',
    ];
    for (const id of ids) {
      const named = id.startsWith('%') || id.includes('%2F') ? id : encodeURIComponent(id);
      for (const [method, path] of [
        ['GET', `/api/runs/${named}`],
        ['GET', `/api/runs/${named}/events`],
        ['GET', `/api/runs/${named}/page`],
        ['GET', `/api/runs/${named}/sections`],
        ['GET', `/api/runs/${named}/subtasks?path=${named}`],
        ['GET', `/api/runs/${named}/diff/${named}`],
        ['POST', `/api/runs/${named}/resume`],
        ['POST', `/api/runs/${named}/cancel`],
        ['POST', `/api/runs/${named}/fork`],
        ['GET', `/api/comparisons/${named}`],
        ['POST', `/api/comparisons/${named}/cancel`],
      ] as const) {
        const answer = await serving.ask(method, path);
        expect([400, 404], `${method} ${path} ${answer.status} ${answer.text}`).toContain(answer.status);
      }
    }
    expect(serving.errors).toEqual([]);
  });
});
