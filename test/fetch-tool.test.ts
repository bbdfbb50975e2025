/** `fetch` against real servers on loopback: what it may ask, what it follows, and what it stops. */
import type { ServerResponse } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { fetchTools } from '../src/execute/tools/fetch-tool.ts';
import type { WebAccess } from '../src/team/reach.ts';
import { callTools } from './support/mcp-run.ts';
import { openSite } from './support/site.ts';

interface Result {
  url: string;
  status: number;
  text: string;
  title?: string;
  contentType?: string;
  cut?: string;
  leftOut?: string;
}

type Resolve = NonNullable<NonNullable<Parameters<typeof fetchTools>[1]>['resolve']>;

async function fetchFrom(
  web: WebAccess,
  input: object,
  {
    tool = 'fetch',
    resolve,
    signal = AbortSignal.timeout(10_000),
  }: { tool?: string; resolve?: Resolve; signal?: AbortSignal } = {},
): Promise<Result> {
  const found = fetchTools([web], resolve === undefined ? {} : { resolve }).find(({ name }) => name === tool);
  if (found === undefined) throw new Error(`no tool ${tool}`);
  return (await found.execute(input, { signal })) as unknown as Result;
}

const toLoopback: Resolve = (_host, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
const toMixed: Resolve = (_host, done) =>
  done(null, [
    { address: '8.8.8.8', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]);
const namesOf = (web: WebAccess) => fetchTools([web]).map(({ name, effect }) => `${name} ${effect}`);
const page = (response: ServerResponse, text: string, type = 'text/plain'): void =>
  void response.writeHead(200, { 'content-type': type }).end(text);

test('HTML as readable text, with its title and headings; text and JSON as they are', async () => {
  await using site = await openSite(({ url }, response) => {
    if (url === '/json') page(response, '{"a": [1, 2]}', 'application/vnd.api+json; charset=utf-8');
    else if (url === '/latin')
      response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0x64, 0xe9]));
    else if (url === '/meta')
      response.writeHead(200, { 'content-type': 'text/html' }).end(Buffer.from('<meta charset="windows-1252">\x80', 'latin1'));
    else if (url === '/none') response.writeHead(204).end();
    else
      page(
        response,
        '<html><head><title>The &amp; shop</title><style>p{}</style></head><body><h2>Prices</h2><script>evil()</script>\r\n<p>Tea <b>3</b> EUR</p><ul><li>one<li>two</ul>',
        'text/html; charset=utf-8',
      );
  });
  const web = { hosts: [site.host] };
  expect(await fetchFrom(web, { url: `http://${site.host}/#part` })).toEqual({
    url: `http://${site.host}/`,
    status: 200,
    contentType: 'text/html',
    title: 'The & shop',
    text: '## Prices\n\nTea 3 EUR\n\none\n\ntwo',
  });
  expect(await fetchFrom(web, { url: `http://${site.host}/json` })).toMatchObject({ text: '{"a": [1, 2]}' });
  expect(await fetchFrom(web, { url: `http://${site.host}/latin` })).toMatchObject({ text: 'dé' });
  expect(await fetchFrom(web, { url: `http://${site.host}/meta` })).toMatchObject({ text: '€' });
  expect(await fetchFrom(web, { url: `http://${site.host}/none` })).toMatchObject({ status: 204, text: '' });
});

test('an error status is an answer like another', async () => {
  await using site = await openSite(
    (_request, response) => void response.writeHead(404, { 'content-type': 'text/plain' }).end('gone'),
  );
  expect(await fetchFrom({ hosts: [site.host] }, { url: `http://${site.host}/x` })).toMatchObject({ status: 404, text: 'gone' });
});

test('only what is listed: other hosts, ports, schemes, spellings of an address, passwords', async () => {
  await using site = await openSite((_request, response) => page(response, 'secret'));
  const { port } = site;
  const web = { hosts: ['example.com', '*.example.org', site.host] };
  const allowed = `Allowed: example.com, *.example.org, ${site.host}.`;
  const refusals: [string, string][] = [
    ['http://other.example/', `"other.example" is not an allowed host. ${allowed}`],
    ['http://example.org/', `"example.org" is not an allowed host. ${allowed}`],
    ['http://notexample.org/', `"notexample.org" is not an allowed host. ${allowed}`],
    ['http://example.com.evil.example/', `"example.com.evil.example" is not an allowed host. ${allowed}`],
    ['http://example.com:8080/', `"example.com:8080" is not an allowed host. ${allowed}`],
    ['http://127.0.0.1/', `"127.0.0.1" is not an allowed host. ${allowed}`],
    [`http://localhost:${port}/`, `"localhost:${port}" is not an allowed host. ${allowed}`],
    [`http://[::ffff:127.0.0.1]:${port}/`, `"[::ffff:7f00:1]:${port}" is not an allowed host. ${allowed}`],
    [`http://me:word@${site.host}/`, 'An address with a user name or a password in it is not fetched.'],
    ['http://example.com@other.example/', 'An address with a user name or a password in it is not fetched.'],
    ['file:///etc/passwd', 'Only http and https addresses can be fetched, not "file:".'],
    ['data:text/plain,hi', 'Only http and https addresses can be fetched, not "data:".'],
    ['example.com', '"example.com" is not an address. Write the whole of it: https://HOST/PATH.'],
  ];
  for (const [url, message] of refusals) await expect(fetchFrom(web, { url })).rejects.toThrow(message);
  expect(site.requests).toEqual([]);
  // Another spelling of the address that is listed is that address.
  expect(await fetchFrom(web, { url: `http://0x7f.1:${port}/` })).toMatchObject({ url: `http://${site.host}/` });
});

test('a name that leads to a private address is refused, unless that address is listed too', async () => {
  await using site = await openSite((_request, response) => page(response, 'inside'));
  const url = `http://inside.example:${site.port}/`;
  const hosts = [`inside.example:${site.port}`];
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
  ]) {
    const resolve: Resolve = (_host, done) => done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
    await expect(fetchFrom({ hosts }, { url }, { resolve })).rejects.toThrow(
      `"inside.example" leads to ${address}, which is not a public address. If it may be asked, list it under web.hosts.`,
    );
  }
  // One that is not public among others that are is enough.
  await expect(fetchFrom({ hosts }, { url }, { resolve: toMixed })).rejects.toThrow('leads to 127.0.0.1');
  expect(site.requests).toEqual([]);
  expect(await fetchFrom({ hosts: [...hosts, '127.0.0.1'] }, { url }, { resolve: toLoopback })).toMatchObject({ text: 'inside' });
  expect(await fetchFrom({ hosts: [`localhost:${site.port}`] }, { url: `http://localhost:${site.port}/` })).toMatchObject({
    text: 'inside',
  });
});

test('the address that was checked is the one that is asked, however a name resolves the next time', async () => {
  await using site = await openSite((_request, response) => page(response, 'rebound'));
  let lookups = 0;
  const resolve: Resolve = (_host, done) => {
    lookups += 1;
    done(null, [{ address: lookups === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
  };
  const hosts = [`rebind.example:${site.port}`, '127.0.0.1'];
  expect(await fetchFrom({ hosts }, { url: `http://rebind.example:${site.port}/` }, { resolve })).toMatchObject({
    text: 'rebound',
  });
  expect(lookups).toBe(1);
});

test('redirects: within what is allowed and at most five, each judged anew', async () => {
  await using other = await openSite((_request, response) => page(response, 'other'));
  await using site = await openSite(({ url = '/' }, response) => {
    const to = url.startsWith('/far')
      ? `http://${other.host}/`
      : url === '/loop'
        ? '/loop'
        : url === '/file'
          ? 'file:///etc/passwd'
          : '/end';
    if (url === '/end') page(response, 'the end');
    else response.writeHead(302, { location: to }).end();
  });
  const web = { hosts: [site.host] };
  const at = (path: string) => ({ url: `http://${site.host}${path}` });
  expect(await fetchFrom(web, at('/start'))).toMatchObject({ url: `http://${site.host}/end`, text: 'the end' });
  await expect(fetchFrom(web, at('/far'))).rejects.toThrow(`"${other.host}" is not an allowed host.`);
  await expect(fetchFrom(web, at('/file'))).rejects.toThrow('not "file:"');
  expect(other.requests).toEqual([]);
  site.requests.length = 0;
  await expect(fetchFrom(web, at('/loop'))).rejects.toThrow('redirects more than 5 times.');
  expect(site.requests).toEqual(Array.from({ length: 6 }, () => 'GET /loop'));
  expect(await fetchFrom({ hosts: [site.host, other.host] }, at('/far'))).toMatchObject({ text: 'other' });
});

test('time: an answer that does not come, and one that comes too slowly; cancelling ends it at once', async () => {
  await using site = await openSite(({ url }, response) => {
    if (url === '/never') return;
    response.writeHead(200, { 'content-type': 'text/plain' });
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const web = { hosts: [site.host], timeoutMs: 200 };
  for (const path of ['/never', '/drip']) {
    const url = `http://${site.host}${path}`;
    await expect(fetchFrom(web, { url })).rejects.toThrow(`${url} did not answer within 200 ms.`);
  }
  const cancel = new AbortController();
  const waiting = fetchFrom({ hosts: [site.host] }, { url: `http://${site.host}/drip` }, { signal: cancel.signal });
  await expect.poll(() => site.requests.length).toBe(3);
  cancel.abort(new Error('Cancelled.'));
  await expect(waiting).rejects.toThrow('Cancelled.');
});

test('size: a body that never ends, and packed ones that unpack to more than they are', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'a'));
  // Empty members of a gzip stream: data that unpacks to nothing.
  const hollow = Buffer.concat(new Array<Buffer>(20_000).fill(gzipSync('')));
  await using site = await openSite(({ url }, response) => {
    const send = (encoding: string, body: Buffer): void =>
      void response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding }).end(body);
    if (url === '/gzip') send('gzip', bomb);
    else if (url === '/hollow') send('gzip', hollow);
    else if (url === '/zstd') send('zstd', zstdCompressSync('small'));
    else if (url === '/twice') send('gzip, gzip', gzipSync(bomb));
    else if (url === '/broken') send('gzip', gzipSync('whole').subarray(0, 12));
    else {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const fill = (): void => {
        while (response.write('b'.repeat(65_536)));
        response.once('drain', fill);
      };
      fill();
    }
  });
  const web = { hosts: [site.host], maxBytes: 100_000 };
  const at = (path: string) => fetchFrom(web, { url: `http://${site.host}${path}` });
  const cut = 'Only the first 100000 bytes of the answer were read.';
  expect(bomb.length).toBeLessThan(100_000);
  expect(await at('/gzip')).toMatchObject({ text: 'a'.repeat(100_000), cut });
  expect(await at('/endless')).toMatchObject({ text: 'b'.repeat(100_000), cut });
  expect(await at('/zstd')).toEqual({ url: `http://${site.host}/zstd`, status: 200, contentType: 'text/plain', text: 'small' });
  expect(hollow.length).toBeGreaterThan(165_000);
  expect(await at('/hollow')).toMatchObject({ text: '' });
  await expect(at('/twice')).rejects.toThrow('HTTP 200, but the answer is packed as "gzip, gzip", which is not read.');
  await expect(at('/broken')).rejects.toThrow('HTTP 200, but unexpected end of file');
});

test('what is not text is not handed over, whatever it calls itself', async () => {
  await using site = await openSite(({ url }, response) => {
    if (url === '/image') page(response, 'PNG', 'image/png');
    else if (url === '/lie') page(response, 'MZ\0\0', 'text/plain');
    else response.writeHead(200).end('no type');
  });
  const at = (path: string) => fetchFrom({ hosts: [site.host] }, { url: `http://${site.host}${path}` });
  await expect(at('/image')).rejects.toThrow('(HTTP 200): The answer is image/png; only text is handed over.');
  await expect(at('/lie')).rejects.toThrow('The answer is not text: it holds NUL characters.');
  expect(await at('/untyped')).toMatchObject({ text: 'no type', contentType: 'unknown' });
});

test('methods: GET alone unless more are listed; sending is a tool of its own that acts once', async () => {
  const bodies: string[] = [];
  await using site = await openSite(({ url, headers }, response, body) => {
    bodies.push(`${headers['content-type']} ${body}`);
    if (url === '/break') response.destroy();
    else if (url === '/see') response.writeHead(303, { location: '/done' }).end();
    else page(response, url === '/image' ? 'x' : 'ok', url === '/image' ? 'image/png' : 'text/plain');
  });
  expect(namesOf({ hosts: [site.host] })).toEqual(['fetch read']);
  expect(namesOf({ hosts: [site.host], methods: ['GET', 'HEAD', 'POST'] })).toEqual(['fetch read', 'fetch_send once']);
  expect(namesOf({ hosts: [site.host], methods: ['DELETE'] })).toEqual(['fetch_send once']);
  expect(namesOf({ hosts: [] })).toEqual([]);
  const web: WebAccess = { hosts: [site.host], methods: ['GET', 'POST'] };
  await expect(fetchFrom(web, { url: `http://${site.host}/`, method: 'HEAD' })).rejects.toThrow(/invalid_value/);
  const send = (path: string) =>
    fetchFrom(web, { url: `http://${site.host}${path}`, method: 'POST', body: '{"a":1}' }, { tool: 'fetch_send' });
  expect(await send('/see')).toMatchObject({ url: `http://${site.host}/done`, text: 'ok' });
  expect(site.requests).toEqual(['POST /see', 'GET /done']);
  expect(bodies).toEqual(['application/json {"a":1}', 'undefined ']);
  expect(await send('/image')).toMatchObject({
    status: 200,
    text: '',
    leftOut: 'The answer is image/png; only text is handed over.',
  });
  await expect(send('/break')).rejects.toMatchObject({
    code: 'tool-outcome-unknown',
    message: expect.stringMatching(/may have acted: /),
  });
});

test('two accesses: each host with its own methods', async () => {
  const webs: WebAccess[] = [{ hosts: ['read.example'] }, { hosts: ['write.example'], methods: ['POST'] }];
  const [read, write] = fetchTools(webs);
  const context = { signal: AbortSignal.timeout(1000) };
  await expect(read?.execute({ url: 'http://write.example/' }, context)).rejects.toThrow(
    '"write.example" is not an allowed host. Allowed: read.example.',
  );
  await expect(write?.execute({ url: 'http://read.example/', method: 'POST' }, context)).rejects.toThrow(
    'Allowed: write.example.',
  );
});

test('a role of a team fetches; one that may not is refused before the run', async () => {
  await using site = await openSite((_request, response) => page(response, '<p>Tea costs 3 EUR.', 'text/html'));
  const roles = { w: { instructions: 'You are w.', tools: ['fetch'] } };
  const team = defineTeam({ name: 't', roles, generalist: 'w', web: { hosts: [site.host] } });
  expect(await callTools(team, { name: 'fetch', input: { url: `http://${site.host}/tea` } })).toEqual([
    { type: 'json', value: { url: `http://${site.host}/tea`, status: 200, contentType: 'text/html', text: 'Tea costs 3 EUR.' } },
  ]);
  const { web: _, ...closed } = team;
  await expect(runTask({ task: 't', team: closed, store: new MemoryStore() })).rejects.toMatchObject({
    code: 'tool-unknown',
    message: 'Role "w" names the tool "fetch", but team "t" lists no host under web.hosts that it may ask with it.',
  });
});
