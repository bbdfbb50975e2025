import { describe, expect, test } from 'vitest';
import { PlanwrightError } from '../errors.ts';
import { parseTeamFile, type TeamFileOptions } from './team-file.ts';

/** The refusal's lines; the first one ends in `(and N more)` when there are more. */
function refusalOf(text: string, options: TeamFileOptions = {}, file = 'team.yaml'): PlanwrightError {
  try {
    parseTeamFile(text, file, options);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown;
    throw thrown;
  }
  throw new Error('the team file was accepted');
}

const roleKeys =
  'Known keys: model, fallbackModels, temperature, tools, accept, limits, description, instructions, approval, skills, preset, fallback, team, a2a, tool, result, output, purpose, share.';

describe('a bad team file is refused at its line and column', () => {
  const badFiles: [name: string, text: string, message: string][] = [
    [
      'a number for a model',
      'roles:\n  critic:\n    description: d\n    model: 7',
      'team.yaml:4:12 roles.critic.model: must be text, not 7.',
    ],
    [
      'an unknown key',
      'roles:\n  critic:\n    instruction: x',
      `team.yaml:3:5 roles.critic.instruction: unknown key "instruction". Did you mean "instructions"? ${roleKeys}`,
    ],
    [
      'a key of the first level',
      'role: {}\nroles: {a: {}}',
      'team.yaml:1:1 role: unknown key "role". Did you mean "roles"? Known keys: version, name, description, preset, model, fallbackModels, defaults, roles, pattern, generalist, planner, synthesizer, accept, limits, approvals, mcp, web, allocation, gate, requireCalibrated, maxFalseAccept, redact, workspace.',
    ],
    [
      'another unit',
      'roles:\n  a:\n    limits: { callTimeoutS: 3 }',
      'team.yaml:3:15 roles.a.limits.callTimeoutS: unknown key "callTimeoutS". Did you mean "callTimeoutMs"? Known keys: concurrency, maxSteps, callTimeoutMs, idleTimeoutMs, attemptTimeoutMs, toolTimeoutMs, maxOutputTokens, handoffTokens.',
    ],
    [
      'a timeout no timer can wait',
      'roles: {a: {}}\nlimits:\n  timeoutMs: 9999999999',
      'team.yaml:3:14 limits.timeoutMs: must be at most 2147483647, not 9999999999.',
    ],
    ['zero steps', 'roles:\n  a: {limits: {maxSteps: 0}}', 'team.yaml:2:26 roles.a.limits.maxSteps: must be at least 1, not 0.'],
    [
      'half an attempt',
      'roles: {a: {}}\nlimits: {concurrency: 1.5}',
      'team.yaml:2:23 limits.concurrency: must be a whole number, not 1.5.',
    ],
    ['negative retries', 'roles: {a: {}}\nlimits:\n  retries: -1', 'team.yaml:3:12 limits.retries: must be at least 0, not -1.'],
    ['no money', 'roles: {a: {}}\nlimits:\n  usd: 0', 'team.yaml:3:8 limits.usd: must be more than 0, not 0.'],
    ['empty instructions', 'roles:\n  a:\n    instructions: ""', 'team.yaml:3:19 roles.a.instructions: must not be empty.'],
    ['a role that is a list', 'roles:\n  a: [x]', 'team.yaml:2:6 roles.a: must be a mapping, not a list.'],
    ['tools in one text', 'roles:\n  a:\n    tools: files', 'team.yaml:3:12 roles.a.tools: must be a list, not "files".'],
    [
      'an unknown fallback role',
      'roles:\n  critic: {fallback: [writr]}\n  writer: {}',
      'team.yaml:2:23 roles.critic.fallback.0: unknown role "writr". Did you mean "writer"? Known roles: critic, writer, generalist.',
    ],
    [
      'a role that falls back on itself',
      'roles:\n  critic: {fallback: [critic]}',
      'team.yaml:2:23 roles.critic.fallback.0: a role cannot be its own fallback.',
    ],
    [
      'an unknown generalist',
      'roles: {writer: {}}\ngeneralist: coder',
      'team.yaml:2:13 generalist: unknown role "coder". Known roles: writer.',
    ],
    [
      'a team as the generalist',
      'roles: {writer: {team: report}}\ngeneralist: writer',
      'team.yaml:2:13 generalist: must be one agent of this team: that role is a team, a tool or a remote agent.',
    ],
    [
      'two generalists',
      'roles: {generalist: {}}\ngeneralist: {tools: [calc]}',
      'team.yaml:2:13 generalist: there is also a role named "generalist": write only one of them.',
    ],
    [
      'an unknown key of an inline generalist',
      'roles: {a: {}}\ngeneralist: {tool: []}',
      'team.yaml:2:14 generalist.tool: unknown key "tool". Did you mean "tools"? Known keys: model, fallbackModels, temperature, tools, accept, limits, description, instructions, approval.',
    ],
    [
      'an unknown preset',
      'preset: reserch',
      'team.yaml:1:9 preset: unknown preset "reserch". Did you mean "research"? Known presets: report, research.',
    ],
    [
      'an unknown check',
      'roles: {a: {accept: [{kind: scheme}]}}',
      'team.yaml:1:29 roles.a.accept.0.kind: unknown kind "scheme". Did you mean "schema"? Known kinds: schema, predicate, quotes, file, command, code, critic, rubric.',
    ],
    [
      'a check without its kind',
      'roles: {a: {}}\naccept: [{contains: x}]',
      'team.yaml:2:10 accept.0.kind: must be one of schema, predicate, quotes, file, command, code, critic, rubric, not nothing.',
    ],
    [
      'a misspelled condition',
      'roles: {a: {}}\naccept: [{kind: predicate, contain: x}]',
      'team.yaml:2:28 accept.0.contain: unknown key "contain". Did you mean "contains"? Known keys: contains, notContains, matches, notMatches, minLength, maxLength, kind.',
    ],
    [
      'a condition of the wrong type',
      'roles: {a: {}}\naccept: [{kind: predicate, contains: 5}]',
      'team.yaml:2:38 accept.0.contains: must be text or a list, not 5.',
    ],
    [
      'an expression that is not RE2',
      'roles: {a: {}}\naccept: [{kind: predicate, matches: "(?=x)"}]',
      'team.yaml:2:37 accept.0.matches: not a valid RE2 expression: error parsing regexp: invalid or unsupported Perl syntax: `(?=`.',
    ],
    [
      'a schema with a type that does not exist',
      'roles:\n  a:\n    accept:\n      - kind: schema\n        schema: { type: strin }',
      'team.yaml:5:25 roles.a.accept.0.schema.type: "strin" is not a type: null, boolean, integer, number, string, array, object.',
    ],
    [
      'a schema that fetches',
      'roles: {a: {}}\naccept:\n  - kind: schema\n    schema: {$ref: "http://127.0.0.1/x"}',
      'team.yaml:4:20 accept.0.schema.$ref: "http://127.0.0.1/x" leads out of the schema: only "#" and "#/…" are followed, nothing is fetched.',
    ],
    [
      'a secret with a bad name',
      'model: "http://h/v1#{env:9}"\nroles: {a: {}}',
      'team.yaml:1:8 model: holds an {env:…} that is not {env:NAME} (letters, digits and _, not starting with a digit).',
    ],
    [
      'a newer version',
      'version: 2\nroles: {a: {}}',
      'team.yaml:1:10 version: version 2 is newer than version 1, the one this Planwright knows. Use a newer Planwright.',
    ],
    ['no roles', 'name: x', 'team.yaml:1:1 roles: is missing or empty: a team needs at least one role.'],
    ['an empty file', '', 'team.yaml:1:1: the team is empty. It needs at least one role under "roles".'],
    ['a list', '- a', 'team.yaml:1:1: must be a mapping, not a list.'],
    [
      'a role name with a dot',
      'roles:\n  a.b: {}',
      'team.yaml:2:3 roles.a.b: is not a role name: use letters, digits, spaces, "_" and "-", at most 64, starting with a letter or digit.',
    ],
    [
      'a role name that objects inherit',
      'roles:\n  constructor: {}',
      'team.yaml:2:3 roles.constructor: is a reserved word of JavaScript: choose another role name.',
    ],
    [
      'a role named __proto__',
      'roles:\n  __proto__: {}',
      'team.yaml:2:3 roles.__proto__: is a reserved word of JavaScript and cannot be a key.',
    ],
    ['a role twice', 'roles:\n  a: {}\n  a: {}', 'team.yaml:3:3 roles.a: the key stands here twice.'],
    ['an alias of nothing', 'roles:\n  a: *b', 'team.yaml:2:6 roles.a: there is no anchor &b before this alias.'],
    ['a tag', 'roles: {a: !js/function {}}', 'team.yaml:1:12: not valid YAML: Unresolved tag: !js/function.'],
    [
      'broken YAML',
      'roles:\n  a: [x',
      'team.yaml:2:8: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    [
      'two documents',
      'roles: {a: {}}\n---\nroles: {b: {}}',
      'team.yaml:2:1: not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments().',
    ],
    [
      'a team within a team',
      'roles:\n  a:\n    team:\n      roles:\n        b: {model: 3}',
      'team.yaml:5:20 roles.a.team.roles.b.model: must be text, not 3.',
    ],
    [
      'a value behind an alias',
      'defaults: &d {temperature: 0}\nroles:\n  a: {limits: *d}',
      'team.yaml:1:15 roles.a.limits.temperature: unknown key "temperature". Known keys: concurrency, maxSteps, callTimeoutMs, idleTimeoutMs, attemptTimeoutMs, toolTimeoutMs, maxOutputTokens, handoffTokens.',
    ],
  ];
  test.each(badFiles)('%s', (_name, text, message) => {
    const refusal = refusalOf(text);
    expect(refusal.code).toBe('team-invalid');
    expect(refusal.message).toBe(message);
  });

  test('JSON is located like YAML', () => {
    expect(refusalOf('{\n\t"roles": {\n\t\t"a": { "model": 3 }\n\t}\n}', {}, 'team.json').message).toBe(
      'team.json:3:19 roles.a.model: must be text, not 3.',
    );
  });

  test('an unknown tool is found only when the known tools are given', () => {
    const text = 'roles:\n  a: {tools: [files, files_read, calc, web, fils]}';
    expect(parseTeamFile(text, 'team.yaml').roles.a?.tools).toEqual(['files', 'files_read', 'calc', 'web', 'fils']);
    expect(refusalOf(text, { tools: ['web'] }).message).toBe(
      'team.yaml:2:45 roles.a.tools.4: unknown tool "fils". Did you mean "files"? Known tools: files, calc, check_plan, compose_text, fetch, fetch_send, workspace, run_code, run_program, files_list, files_read, files_search, write_file, replace_text, remove_file, web.',
    );
  });

  test('all problems are in one error, in the order of the file', () => {
    const refusal = refusalOf('limit: {}\nroles:\n  a: {model: 3}\n  b: {tols: []}');
    expect(refusal.message.split('\n').map((line) => line.slice(0, 40))).toEqual([
      'team.yaml:1:1 limit: unknown key "limit"',
      'team.yaml:3:14 roles.a.model: must be te',
      'team.yaml:4:7 roles.b.tols: unknown key ',
    ]);
    expect(refusal.message.split('\n')[0]).toMatch(/ \(and 2 more\)$/);
    expect(refusal.location).toEqual({ file: 'team.yaml', line: 1, column: 1, path: 'limit' });
    expect(refusal.details.problems).toEqual([
      expect.objectContaining({ line: 1, column: 1, path: 'limit' }),
      { file: 'team.yaml', line: 3, column: 14, path: 'roles.a.model', message: 'must be text, not 3.' },
      expect.objectContaining({ line: 4, column: 7, path: 'roles.b.tols' }),
    ]);
  });
});

describe('a good team file', () => {
  test('a role without a body is enough', () => {
    expect(parseTeamFile('roles:\n  writer:\n', 'team.yaml')).toEqual({
      version: 1,
      name: 'team',
      description: '',
      roles: {
        writer: {
          name: 'writer',
          description: 'writer',
          instructions: 'You are the writer.',
          tools: [],
          limits: { maxSteps: 12, callTimeoutMs: 300_000, toolTimeoutMs: 30_000, handoffTokens: 32_000 },
          accept: [],
          fallback: [],
        },
      },
      generalist: {
        name: 'generalist',
        description: 'Does the whole task alone.',
        instructions: expect.stringContaining('the whole task yourself'),
        tools: [],
        limits: { maxSteps: 12, callTimeoutMs: 300_000, toolTimeoutMs: 30_000, handoffTokens: 32_000 },
        accept: [],
        fallback: [],
      },
      planner: { maxSubtasks: 200, repairs: 1 },
      synthesizer: {},
      accept: [],
      limits: { retries: 1, reroutes: 1, replans: 1, concurrency: 8, perModel: {}, depth: 3 },
    });
  });

  test('a preset keeps what the file does not say', () => {
    const team = parseTeamFile(
      'preset: research\nname: mine\nroles:\n  critic: {model: "openai:x", limits: {maxSteps: 3}}\n  translator: {instructions: You translate.}\nlimits: {usd: 2}',
      'team.yaml',
    );
    expect(Object.keys(team.roles)).toEqual(['researcher', 'critic', 'writer', 'translator']);
    expect(team.name).toBe('mine');
    expect(team.accept).toEqual([{ kind: 'quotes' }]);
    expect(team.limits).toEqual({ retries: 1, reroutes: 1, replans: 1, concurrency: 8, perModel: {}, depth: 3, usd: 2 });
    expect(team.roles.critic).toMatchObject({
      model: 'openai:x',
      tools: ['files'],
      limits: { maxSteps: 3, callTimeoutMs: 300_000, toolTimeoutMs: 30_000, handoffTokens: 32_000 },
    });
    expect(team.roles.critic?.instructions).toContain('files_read');
  });

  test('defaults stand under what a role says itself', () => {
    const team = parseTeamFile(
      'defaults: {model: m, temperature: 0, tools: [calc], limits: {maxSteps: 5, concurrency: 2}, accept: [{kind: quotes}]}\nroles:\n  a: {model: n, limits: {maxSteps: 7}}\n  b: {tools: []}',
      'team.yaml',
    );
    expect(team.roles.a).toMatchObject({ model: 'n', temperature: 0, tools: ['calc'], accept: [{ kind: 'quotes' }] });
    expect(team.roles.a?.limits).toEqual({
      maxSteps: 7,
      concurrency: 2,
      callTimeoutMs: 300_000,
      toolTimeoutMs: 30_000,
      handoffTokens: 32_000,
    });
    expect(team.roles.b).toMatchObject({ model: 'm', tools: [] });
    expect(team.generalist).toMatchObject({ model: 'm', temperature: 0, tools: ['calc'], accept: [], limits: { maxSteps: 5 } });
  });

  test('the generalist has the tools of the whole team, sub-teams included, each once', () => {
    const team = parseTeamFile(
      'roles:\n  a: {tools: [files_read, web]}\n  b: {tools: [files]}\n  c: {team: {roles: {d: {tools: [calc, web]}}}}\naccept: [{kind: quotes, min: 1}]',
      'team.yaml',
    );
    expect(team.generalist.tools).toEqual(['web', 'files', 'calc']);
    expect(team.generalist.accept).toEqual([{ kind: 'quotes', min: 1 }]);
    expect(team.generalist.instructions).toContain('"exact quote" [path:line]');
  });

  test('the generalist can be a role, or written in place', () => {
    expect(parseTeamFile('roles: {a: {}, b: {tools: [calc]}}\ngeneralist: b', 't.yaml').generalist.name).toBe('b');
    expect(parseTeamFile('roles: {a: {}, generalist: {instructions: All.}}', 't.yaml').generalist.instructions).toBe('All.');
    expect(
      parseTeamFile('roles: {a: {tools: [calc]}}\ngeneralist: {instructions: All., model: m}', 't.yaml').generalist,
    ).toMatchObject({
      name: 'generalist',
      instructions: 'All.',
      model: 'm',
      tools: ['calc'],
    });
  });

  test('a secret stays as it is written', () => {
    expect(parseTeamFile('model: "http://{env:HOST}/v1#m"\nroles: {a: {}}', 't.yaml').model).toBe('http://{env:HOST}/v1#m');
  });
});
