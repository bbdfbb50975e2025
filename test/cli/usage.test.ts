import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { runCommandHere } from './command-here.ts';
import { mainFile, runCommand } from './command-process.ts';

describe('help', () => {
  test('the bare command prints its help', async () => {
    const folder = makeTemporaryFolder();
    const bare = await runCommand(folder, []);
    const asked = await runCommand(folder, ['--help']);
    expect(bare).toEqual({ code: 0, stdout: asked.stdout, stderr: '' });
    expect(asked.stdout).toMatch(/^Usage: planwright \[options\] \[command\]\n/);
    const commands = [...asked.stdout.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name]) => name);
    expect(commands).toEqual(
      'run resume show runs cancel approve plan check simulate compare calibrate diagnose chain gate fork worker store serve import mcp start demo help'.split(
        ' ',
      ),
    );
  });

  test('the version is the package’s', async () => {
    expect(await runCommand(makeTemporaryFolder(), ['--version'])).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  test('help loads commander and small files only, or it would start slowly', async () => {
    const folder = makeTemporaryFolder();
    const hook = join(folder, 'loaded.mjs');
    writeFileSync(
      hook,
      `import { registerHooks } from 'node:module';
       registerHooks({ load: (url, context, next) => { if (url.startsWith('file:')) process.stderr.write(url.replace(/.*\\/(src|node_modules)\\//, '$1/') + '\\n'); return next(url, context); } });`,
    );
    const { stderr } = await runCommand(folder, ['--help'], { env: { NODE_OPTIONS: `--import=${hook}` } });
    const loaded = stderr
      .trim()
      .split('\n')
      .filter((file) => !file.startsWith('node_modules/commander/') && !file.endsWith('loaded.mjs'));
    expect(loaded.toSorted()).toEqual([
      'src/cli/command-line.ts',
      'src/cli/declarations/gate.ts',
      'src/cli/declarations/importing.ts',
      'src/cli/declarations/interop.ts',
      'src/cli/declarations/measuring.ts',
      'src/cli/declarations/planning.ts',
      'src/cli/declarations/running.ts',
      'src/cli/declarations/serving.ts',
      'src/cli/declarations/shared-options.ts',
      'src/cli/declarations/starting.ts',
      'src/cli/declarations/storing.ts',
      'src/cli/end-with-launcher.ts',
      'src/cli/exit-code.ts',
      'src/cli/failure.ts',
      'src/cli/io.ts',
      'src/cli/main.ts',
      'src/cli/option-values.ts',
      'src/cli/package-root.ts',
      'src/cli/store-place.ts',
      'src/cli/terminal-text.ts',
    ]);
    expect(mainFile).toMatch(/src\/cli\/main\.ts$/);
  });
});

describe('wrong use', () => {
  test.each([
    [['run', 'x', '--fils', 'd'], "Unknown option '--fils' (Did you mean --files?)", 'run'],
    [['runn'], "Unknown command 'runn' (Did you mean one of run, runs?)", ''],
    [['run', 'two', 'words'], "Too many arguments for 'run'. Expected 1 argument but got 2: two, words.", 'run'],
    [['plan'], "Missing required argument 'task'", 'plan'],
    [
      ['run', 'x', '--concurrency', '0'],
      "Option '--concurrency <n>' argument '0' is invalid. Give a whole number from 1 on, such as 4.",
      'run',
    ],
    [
      ['run', 'x', '--budget-usd', 'ten'],
      "Option '--budget-usd <x>' argument 'ten' is invalid. Give an amount in US dollars, such as 0.50.",
      'run',
    ],
    [
      ['run', 'x', '--timeout-s', '-1'],
      "Option '--timeout-s <n>' argument '-1' is invalid. Give seconds, more than 0 and at most 2147483, such as 90.",
      'run',
    ],
    [
      ['run', 'x', '--strategy', 'both'],
      "Option '--strategy <name>' argument 'both' is invalid. Allowed choices are auto, single, team, cascade.",
      'run',
    ],
    [
      ['run', 'x', '--store', 'mysql://ada:secret@h/d'],
      "Option '--store <path>' argument 'mysql://ada@h/d' is invalid. Give a folder, a file, or postgres://user@host:port/database.",
      'run',
    ],
    [
      ['run', 'x', '--priority', '1000001'],
      "Option '--priority <n>' argument '1000001' is invalid. Give a whole number from 0 to 1000000; the lowest goes first.",
      'run',
    ],
    [
      ['store', 'gc', '--keep-days', 'few'],
      "Option '--keep-days <n>' argument 'few' is invalid. Give a number of days, such as 30.",
      'store',
    ],
    [['fork', 'x', '--at', '2', '--before', 'y'], "Option '--before <subtask>' cannot be used with option '--at <seq>'", 'fork'],
  ])('%j is refused with what is wrong', async (args, message, command) => {
    const folder = makeTemporaryFolder();
    const help = `planwright${command === '' ? '' : ` ${command}`} --help`;
    expect(await runCommandHere(folder, args)).toEqual({ code: 2, stdout: '', stderr: `${message}\nHelp: ${help}\n` });
    const json = await runCommandHere(folder, [...args, '--json']);
    expect(json).toEqual({ code: 2, stdout: `${JSON.stringify({ error: { code: 'usage', message } })}\n`, stderr: '' });
  });

  test.each<[string[], string, RegExp]>([
    [['run'], 'usage', /^There is no task\. /],
    [['run', '  '], 'usage', /^There is no task\. /],
    [['run', 'x', '--plan', 'none.yaml'], 'usage', /^Cannot read the plan none\.yaml: there is no such file\.$/],
    [['run', 'x', '--plan', '.', '--strategy', 'single'], 'usage', /^A plan is run by the team, not with --strategy single\./],
    [['run', 'x', '--files', 'none'], 'usage', /none/],
    [['run', 'x', '--model', 'oracle:1'], 'model-unknown', /oracle/],
    [['run', 'x', '--team', 'none.yaml'], 'team-invalid', /none\.yaml/],
    [['check', 'none.yaml'], 'usage', /^Cannot read the plan none\.yaml: there is no such file\.$/],
    [['check', 'none.jsonl'], 'usage', /^Cannot read the plans none\.jsonl: there is no such file\.$/],
    [['show', 'last'], 'run-unknown', /^No run "last": there is no store at \.planwright\./],
    [['resume', 'x'], 'run-unknown', /there is no store/],
    [['cancel', 'x'], 'run-unknown', /there is no store/],
    [['approve', 'x'], 'run-unknown', /there is no store/],
    [['fork', 'x'], 'run-unknown', /there is no store/],
    [['store', 'check'], 'store-missing', /^There is no store at \.planwright\./],
    [['store', 'gc'], 'store-missing', /^There is no store at \.planwright\./],
    [['store', 'import', 'none.jsonl'], 'usage', /^Cannot read the archive none\.jsonl: there is no such file\.$/],
  ])('%j ends with 2 and one JSON document', async (args, code, message) => {
    const folder = makeTemporaryFolder();
    const { stdout, code: exitCode } = await runCommandHere(folder, [...args, '--json']);
    expect(exitCode).toBe(2);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(['error']);
    expect(document.error.code).toBe(code);
    expect(document.error.message).toMatch(message);
    const plain = await runCommandHere(folder, args);
    expect({ ...plain, stderr: plain.stderr.trimEnd().split('\n').at(-1) }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });

  test('two formats at once are refused', async () => {
    const { code, stderr } = await runCommandHere(makeTemporaryFolder(), ['plan', 'x', '--mermaid', '--yaml']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "Option '--yaml' cannot be used with option '--mermaid'\nHelp: planwright plan --help\n",
    });
  });

  test('an error in a file names the file, the line and the column', async () => {
    const folder = makeTemporaryFolder();
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd/team.yaml'), 'version: 1\nname: t\nroles:\n  critic:\n    instructions: 5\n');
    const { code, stdout } = await runCommandHere(folder, ['run', 'x', '--team', 'd/team.yaml', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'team-invalid', file: 'd/team.yaml', line: 5, column: 19 });
  });
});
