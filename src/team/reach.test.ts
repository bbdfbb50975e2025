/** What a team opens to its roles, what it refuses and where, and what its generalist gets of its sub-teams. */
import { describe, expect, test } from 'vitest';
import { defineTeam } from './define-team.ts';
import { parseMcpReference } from './reach.ts';
import { listTeamSecrets } from './secrets.ts';
import { parseTeamFile } from './team-file.ts';
import { teamFromJson, teamToJson } from './team-json.ts';

test.each([
  ['mcp:box/echo', { server: 'box', tool: 'echo' }],
  ['mcp:box/a/b', { server: 'box', tool: 'a/b' }],
  ['mcp:box/*', { server: 'box', tool: '*' }],
  ['mcp:box', null],
  ['mcp:/echo', null],
  ['mcp:box/', null],
  ['box/echo', null],
])('the name %s', (name, reference) => {
  expect(parseMcpReference(name)).toEqual(reference);
});

const shop = `mcp:
  shop: { command: shop-server, tools: [price, order], effects: { price: read } }
  open: { url: 'https://shop.example/mcp', allowAll: true }
  plain: { command: plain-server }
web: { hosts: [example.com, '*.example.org', 'localhost:8080'] }
`;

describe('roles reach what they name', () => {
  test('and a file’s servers start in its folder', () => {
    const roles = "roles: { a: { tools: ['mcp:shop/price', 'mcp:open/*', 'mcp:shop/*', 'mcp:plain/x', fetch, calc] } }";
    const team = parseTeamFile(`${shop}${roles}`, 'teams/t.yaml', { cwd: '/work', tools: [] });
    expect(team.roles['a']?.tools).toEqual(['mcp:shop/price', 'mcp:open/*', 'mcp:shop/*', 'mcp:plain/x', 'fetch', 'calc']);
    expect(team.generalist).toMatchObject({ tools: team.roles['a']?.tools });
    expect(team.generalist).not.toHaveProperty('mcp');
    expect(team.mcp).toEqual({
      shop: { command: 'shop-server', tools: ['price', 'order'], effects: { price: 'read' }, cwd: '/work/teams' },
      open: { url: 'https://shop.example/mcp', allowAll: true },
      plain: { command: 'plain-server', cwd: '/work/teams' },
    });
    expect(teamFromJson(JSON.parse(JSON.stringify(teamToJson(team))))).toEqual(team);
  });

  test.each([
    ['mcp:shops/price', 'unknown MCP server "shops". Did you mean "shop"? Known MCP servers: shop, open, plain.'],
    ['mcp:constructor/price', 'unknown MCP server "constructor". Known MCP servers: shop, open, plain.'],
    [
      'mcp:shop/prices',
      'unknown tool "mcp:shop/prices". Did you mean "mcp:shop/price"? Known tools: mcp:shop/price, mcp:shop/order.',
    ],
    ['mcp:shop', '"mcp:shop" names no tool of an MCP server: write mcp:SERVER/TOOL.'],
    [
      'mcp:plain/*',
      'takes every tool that the server "plain" will ever have. Name them one by one, or allow it with tools: […] or allowAll: true under mcp.plain.',
    ],
    ['fetch_send', 'the tool "fetch_send" needs one of POST, PUT, PATCH, DELETE in web.methods.'],
  ])('%s is refused where it stands', (tool, message) => {
    expect(() => parseTeamFile(`${shop}roles:\n  a:\n    tools: [calc, '${tool}']`, 'team.yaml')).toThrow(
      expect.objectContaining({ code: 'team-invalid', message: `team.yaml:8:19 roles.a.tools.1: ${message}` }),
    );
  });

  test('nothing is open by default', () => {
    expect(() => parseTeamFile("roles: { a: { tools: ['mcp:shop/price'] } }", 'team.yaml')).toThrow(
      'team.yaml:1:23 roles.a.tools.0: unknown MCP server "shop". Known MCP servers: none.',
    );
    for (const web of ['', 'web: { hosts: [] }\n']) {
      expect(() => parseTeamFile(`${web}roles: { a: { tools: [fetch] } }`, 'team.yaml')).toThrow(
        /roles\.a\.tools\.0: the tool "fetch" may ask no host yet\. List those it may ask under web\.hosts of the team\.$/,
      );
    }
    // One of the caller's own with that name is another tool.
    expect(defineTeam({ roles: { a: { tools: ['fetch'] } } }, { tools: ['fetch'] }).roles['a']?.tools).toEqual(['fetch']);
  });

  test('what is to be approved has to be there: a misspelled server would never be asked about', () => {
    const roles = "roles: { a: { tools: ['mcp:shop/price'] } }\n";
    const file = (tool: string) => parseTeamFile(`${shop}${roles}approvals: { tools: ['${tool}'] }`, 'team.yaml');
    expect(file('mcp:shop/order').approvals).toEqual({ tools: ['mcp:shop/order'] });
    expect(() => file('mcp:shops/order')).toThrow(
      'team.yaml:7:22 approvals.tools.0: unknown MCP server "shops". Did you mean "shop"? Known MCP servers: shop, open, plain.',
    );
  });
});

describe('a server that is written wrongly is refused', () => {
  test.each([
    ['{}', 'mcp.s: needs a command or a url.'],
    ['{ command: a, url: "http://b/" }', 'mcp.s.url: has a command as well: write only one.'],
    ['{ url: "http://b/", env: { A: b } }', 'mcp.s.env: belongs to a server with a command; this one has a url.'],
    ['{ command: a, headers: { A: b } }', 'mcp.s.headers: belong to a server with a url.'],
    ['{ url: "ftp://b/" }', 'mcp.s.url: must start with http:// or https://.'],
    ['{ url: "http://u:p@b/" }', 'mcp.s.url: must hold no password: it is stored. Use headers with {env:NAME}.'],
    [
      '{ url: "http://{env:HOST}:1/{env:PATH_KEY}", headers: { "a b": c } }',
      'mcp.s.headers.a b: is not the name of an HTTP header.',
    ],
    ['{ url: "http://b/", headers: { A: "b\\nc" } }', 'mcp.s.headers.A: must be one line.'],
    ['{ command: a, env: { "1A": b } }', 'mcp.s.env.1A: is not the name of an environment variable.'],
    [
      '{ command: a, args: ["{env:1}"] }',
      'mcp.s.args.0: holds an {env:…} that is not {env:NAME} (letters, digits and _, not starting with a digit).',
    ],
    ['{ command: a, tools: [x], allowAll: true }', 'mcp.s.allowAll: contradicts "tools": write the tools, or allowAll.'],
    ['{ command: a, tools: [x], effects: { y: read } }', 'mcp.s.effects.y: is a tool that "tools" does not list.'],
    ['{ command: a, effects: { y: maybe } }', 'mcp.s.effects.y: must be read, idempotent, once, not "maybe".'],
    [
      '{ command: a, arg: [x] }',
      'mcp.s.arg: unknown key "arg". Did you mean "args"? Known keys: command, args, env, cwd, url, headers, tools, allowAll, effects, trust, showStderr, startTimeoutMs.',
    ],
  ])('%s', (server, message) => {
    const file = `roles: { a: {} }\nmcp: { s: ${server} }`;
    expect(() => parseTeamFile(file, 'team.yaml')).toThrow(
      expect.objectContaining({
        code: 'team-invalid',
        message: expect.stringContaining(` ${message}`),
      }),
    );
  });

  test.each(['a b', 'x'.repeat(33), 'constructor', 'a.b', ''])('a server called "%s"', (name) => {
    expect(() => defineTeam({ roles: { a: {} }, mcp: { [name]: { command: 'x' } } })).toThrow(
      /mcp\..*(server name|reserved word)/s,
    );
  });

  test.each(['http://a.example', 'a.example/x', '*', '*.com', '127.1', '::1', 'a b', 'a:0', 'u@a.example'])(
    'the host "%s"',
    (host) => {
      expect(() => defineTeam({ roles: { a: {} }, web: { hosts: [host] } })).toThrow(/web\.hosts\.0: is not a host/);
    },
  );
});

test('the secrets of a team are those of its servers too', () => {
  const mcp = {
    s: { command: 'x', args: ['{env:ONE}'], env: { A: 'b {env:TWO}' } },
    t: { url: 'http://{env:THREE}/', headers: { B: '{env:FOUR}' } },
  };
  const sub = { roles: { b: {} }, mcp: { u: { command: 'y', args: ['{env:FIVE}'] } } };
  expect(listTeamSecrets(defineTeam({ roles: { a: { team: sub } }, mcp }))).toEqual(['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE']);
});

describe('sub-teams', () => {
  const sub = {
    roles: { low: { tools: ['mcp:box/echo', 'fetch'] } },
    mcp: { box: { command: 'low-box' } },
    web: { hosts: ['low.example'] },
  };

  test('servers are looked up in the team that names them, and the generalist has them all', () => {
    const team = defineTeam({
      roles: { high: { tools: ['mcp:box/echo', 'fetch'] }, 'the pair': { team: sub } },
      mcp: { box: { command: 'high-box' } },
      web: { hosts: ['high.example'] },
    });
    expect(team.roles['the pair']?.team).toMatchObject({ mcp: { box: { command: 'low-box' } }, web: { hosts: ['low.example'] } });
    expect(team.roles['high']).not.toHaveProperty('mcp');
    expect(team.generalist).toMatchObject({
      tools: ['mcp:box/echo', 'fetch', 'mcp:the_pair.box/echo'],
      mcp: { box: { command: 'high-box' }, 'the_pair.box': { command: 'low-box' } },
      webs: [{ hosts: ['high.example'] }, { hosts: ['low.example'] }],
    });
    expect(teamFromJson(teamToJson(team))).toEqual(team);
  });

  test('a server that is the same in both is one', () => {
    const team = defineTeam({
      roles: { high: { tools: ['mcp:box/echo'] }, pair: { team: sub } },
      mcp: { box: { command: 'low-box' } },
    });
    expect(team.generalist).toMatchObject({ tools: ['mcp:box/echo', 'fetch'], webs: [{ hosts: ['low.example'] }] });
    expect(team.generalist).not.toHaveProperty('mcp');
  });

  test('a parent’s server is none of its sub-team’s', () => {
    const mcp = { box: { command: 'x' } };
    expect(() => defineTeam({ roles: { a: { team: { roles: { b: { tools: ['mcp:box/echo'] } } } } }, mcp })).toThrow(
      'roles.a.team.roles.b.tools.0: unknown MCP server "box". Known MCP servers: none.',
    );
  });

  test('what a sub-team declares, the team above may have approved', () => {
    const team = defineTeam({ roles: { pair: { team: sub } }, approvals: { tools: ['mcp:box/echo'] } });
    expect(team.approvals).toEqual({ tools: ['mcp:box/echo'] });
  });
});
