import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import { defineTool } from '../tool.ts';
import { builtInTools, expandToolNames } from './built-in-tools.ts';

const signal = new AbortController().signal;
let root = '';

async function run(name: string, input: unknown, filesRoot: string | undefined = root) {
  const [tool] = expandToolNames([name], []);
  if (tool === undefined) throw new Error('no tool');
  return tool.execute(input, filesRoot === undefined ? { signal } : { signal, filesRoot });
}

beforeAll(async () => {
  const outer = await mkdtemp(join(tmpdir(), 'planwright-tools-'));
  root = join(outer, 'root');
  await mkdir(join(root, 'docs'), { recursive: true });
  await writeFile(join(outer, 'secret.md'), 'The secret is 42.\n');
  await writeFile(
    join(root, 'docs', 'retry.md'),
    '# Retries\n\nA request is retried\nat most three times.\n\n- Backoff doubles: 1 s, 2 s, 4 s.\n',
  );
  await writeFile(join(root, 'long.txt'), Array.from({ length: 450 }, (_, index) => `line ${index + 1}`).join('\n'));
  await writeFile(join(root, 'wide.json'), JSON.stringify({ value: 'x'.repeat(50_000) }));
  await writeFile(join(root, 'image.md'), Buffer.from([0x23, 0, 1, 2]));
  await symlink('../secret.md', join(root, 'escape.md'));
});

afterAll(() => rm(join(root, '..'), { recursive: true }));

describe('files_list', () => {
  it('names every document with lines and title, and says what was left out', async () => {
    expect(await run('files_list', {})).toEqual({
      files: [
        { path: 'docs/retry.md', lines: 6, title: 'Retries' },
        { path: 'long.txt', lines: 450, title: expect.stringMatching(/^line 1 line 2 .{80,}$/) },
        { path: 'wide.json', lines: 1, title: null },
      ],
      total: 3,
      leftOut: [
        { reason: 'link', count: 1, examples: ['escape.md'] },
        { reason: 'binary', count: 1, examples: ['image.md'] },
      ],
    });
  });

  it.each([
    ['retry', ['docs/retry.md']],
    ['*.MD', ['docs/retry.md']],
    ['docs/**/*.md', ['docs/retry.md']],
    ['*/wide.json', []],
    ['[', []],
    [`${'*a'.repeat(200)}b`, []],
  ])('finds by pattern %s without hanging on a hostile one', async (pattern, paths) => {
    expect(await run('files_list', { pattern })).toMatchObject({ files: paths.map((path) => ({ path })), total: paths.length });
  });

  it('gives no more than the limit but counts all', async () => {
    expect(await run('files_list', { limit: 1 })).toMatchObject({ files: [{ path: 'docs/retry.md' }], total: 3 });
    await expect(run('files_list', { limit: 501 })).rejects.toThrow(z.ZodError);
  });
});

describe('files_read', () => {
  it('numbers lines as they are to be cited', async () => {
    expect(await run('files_read', { path: './docs//retry.md', from: 3, to: 4 })).toEqual({
      path: 'docs/retry.md',
      from: 3,
      to: 4,
      totalLines: 6,
      lines: [
        { line: 3, text: 'A request is retried' },
        { line: 4, text: 'at most three times.' },
      ],
    });
  });

  it('stops at 200 lines and says how to go on', async () => {
    expect(await run('files_read', { path: 'long.txt', from: 201 })).toMatchObject({
      from: 201,
      to: 400,
      totalLines: 450,
      next: 'Call files_read with {"path":"long.txt","from":401} for what follows.',
    });
    expect(await run('files_read', { path: 'long.txt', from: 401 })).not.toHaveProperty('next');
  });

  it('cuts a line of more than 20,000 characters', async () => {
    expect(await run('files_read', { path: 'wide.json' })).toEqual({
      path: 'wide.json',
      from: 1,
      to: 1,
      totalLines: 1,
      lines: [{ line: 1, text: expect.stringMatching(/^\{"value":"x{19990}… \(50012 characters\)$/) }],
    });
  });

  it.each([
    ['../secret.md', 'path-outside-root'],
    ['escape.md', 'path-outside-root'],
    ['/etc/passwd', 'path-outside-root'],
    ['docs\\retry.md', 'path-outside-root'],
    ['docs/retry.md\0', 'path-outside-root'],
    ['missing.md', 'usage'],
    ['docs', 'usage'],
    ['image.md', 'usage'],
  ])('refuses %j with %s', async (path, code) => {
    await expect(run('files_read', { path })).rejects.toMatchObject({ code });
  });

  it('says how many lines there are when asked for one beyond the end', async () => {
    await expect(run('files_read', { path: 'docs/retry.md', from: 7 })).rejects.toThrow(
      '"docs/retry.md" has 6 lines; there is no line 7.',
    );
  });
});

describe('files_search', () => {
  it('finds the sentence that answers, on the lines it wraps over', async () => {
    expect(await run('files_search', { query: 'How many times is a request retried?', limit: 1 })).toEqual({
      hits: [
        {
          path: 'docs/retry.md',
          line: 3,
          endLine: 4,
          text: 'A request is retried at most three times.',
          heading: 'Retries',
          score: expect.any(Number),
          coverage: 1,
          matched: ['time', 'request', 'retri'],
        },
      ],
      total: 3,
      terms: ['time', 'request', 'retri'],
      unknownTerms: [],
    });
  });

  it('names the terms that stand nowhere instead of pretending to an answer', async () => {
    expect(await run('files_search', { query: 'Which quokka license applies?' })).toEqual({
      hits: [],
      total: 0,
      terms: ['quokka', 'licens', 'appli'],
      unknownTerms: ['quokka', 'licens', 'appli'],
    });
  });
});

it('says what to do when no folder was given', async () => {
  const [list] = builtInTools();
  await expect(list?.execute({}, { signal })).rejects.toThrow(
    new PlanwrightError('usage', 'No folder was given: run with --files DIR.'),
  );
});

it('takes the folder it was made with before the one of the context', async () => {
  const list = builtInTools(join(root, 'docs')).find(({ name }) => name === 'files_list');
  expect(await list?.execute({}, { signal, filesRoot: root })).toMatchObject({ files: [{ path: 'retry.md' }], total: 1 });
});

describe('expandToolNames', () => {
  const custom = defineTool({ name: 'weather', description: 'w', input: z.object({}), execute: () => 'sun' });
  const ownCalc = defineTool({ name: 'calc', description: 'mine', input: z.object({}), execute: () => 1 });

  it('expands groups, keeps the order, gives each tool once', () => {
    expect(expandToolNames(['weather', 'files', 'files_read', 'calc'], [custom]).map(({ name }) => name)).toEqual([
      'weather',
      'files_list',
      'files_read',
      'files_search',
      'calc',
    ]);
  });

  it('prefers a custom tool to a built-in one of its name', () => {
    expect(expandToolNames(['calc'], [ownCalc])).toEqual([ownCalc]);
  });

  it('names the known tools when one is unknown', () => {
    expect(() => expandToolNames(['browser'], [custom])).toThrow(
      new PlanwrightError(
        'tool-unknown',
        'Tool "browser" is not known. Known tools: files, workspace, files_list, files_read, files_search, calc, check_plan, compose_text, write_file, replace_text, remove_file, run_program, run_code, weather.',
        { details: { name: 'browser' } },
      ),
    );
  });
});
