import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDocumentFolder } from './document-folder.ts';
import { readInside } from './read-inside.ts';
import { walkFolder, walkLimits } from './walk-folder.ts';

let outer = '';
let root = '';

async function put(files: Record<string, string | Buffer>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

beforeEach(async () => {
  outer = await mkdtemp(join(tmpdir(), 'planwright-folder-'));
  root = join(outer, 'root');
  await mkdir(root);
});

afterEach(() => rm(outer, { recursive: true }));

describe('what a folder holds', () => {
  it('leaves out made, hidden and foreign files without a word, and counts the rest of what it leaves out', async () => {
    await put({
      'b.md': '# B\n',
      'a/deep.ts': '// Adds.\nadd();\n',
      'node_modules/x/readme.md': 'no',
      '.git/notes.md': 'no',
      '.env': 'KEY=1',
      'dist/out.js': 'no',
      '.planwright/run.json': '{}',
      'photo.png': Buffer.from([1, 2, 3]),
      'binary.txt': Buffer.from([65, 0, 66]),
      'huge.txt': 'x'.repeat(2 * 1024 * 1024 + 1),
      LICENSE: 'MIT\n',
      'na\nme.md': 'cannot be cited',
    });
    await mkdir(join(outer, 'outside'));
    await writeFile(join(outer, 'outside', 'secret.md'), 'secret');
    await symlink(join(outer, 'outside'), join(root, 'out'));
    await symlink('b.md', join(root, 'link.md'));
    const folder = await openDocumentFolder(root);
    expect(await folder.list()).toEqual({
      files: [
        { path: 'LICENSE', lines: 1, title: 'MIT' },
        { path: 'a/deep.ts', lines: 2, title: 'Adds.' },
        { path: 'b.md', lines: 1, title: 'B' },
      ],
      leftOut: [
        { reason: 'link', count: 1, examples: ['link.md'] },
        { reason: 'too-large', count: 1, examples: ['huge.txt'] },
        { reason: 'unreadable', count: 1, examples: ['na\nme.md'] },
        { reason: 'binary', count: 1, examples: ['binary.txt'] },
      ],
    });
  });

  it.each([
    [{ files: 2 }, ['a.txt', 'b.txt'], 'too-many-files', 2],
    [{ bytes: 8 }, ['a.txt', 'b.txt'], 'too-much-text', 2],
    [{ entries: 3 }, ['a.txt', 'b.txt', 'c.txt'], 'too-many-files', 1],
  ])('stops at %j and says how many are left', async (limit, paths, reason, count) => {
    await put({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'c.txt': 'three\n', 'd/d.txt': 'four!\n' });
    const { files, leftOut } = await walkFolder(root, { ...walkLimits, ...limit });
    expect(files.map(({ path }) => path)).toEqual(paths);
    expect(leftOut.map((entry) => [entry.reason, entry.count])).toEqual([[reason, count]]);
  });

  it('refuses a root that is no folder', async () => {
    await put({ 'a.md': 'text' });
    await expect(openDocumentFolder(join(root, 'a.md'))).rejects.toMatchObject({ code: 'usage' });
    await expect(openDocumentFolder(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'usage' });
  });

  it('is one object for every name of the same real folder', async () => {
    await symlink(root, join(outer, 'alias'));
    expect(await openDocumentFolder(join(outer, 'alias'))).toBe(await openDocumentFolder(`${root}/.`));
  });
});

describe('paths that try to leave the root', () => {
  beforeEach(async () => {
    await put({ 'in/a.md': 'inside\n', '.env': 'KEY=1\n' });
    await writeFile(join(outer, 'secret.md'), 'secret\n');
    await mkdir(join(outer, 'root-twin'));
    await writeFile(join(outer, 'root-twin', 'secret.md'), 'secret\n');
    await symlink('../secret.md', join(root, 'file-link.md'));
    await symlink(outer, join(root, 'folder-link'));
    await symlink('in/a.md', join(root, 'good-link.md'));
    await symlink('.env', join(root, 'hidden-link.md'));
    await symlink('loop.md', join(root, 'loop.md'));
  });

  it.each([
    '../secret.md',
    'in/../../secret.md',
    'in/../a.md',
    '/etc/passwd',
    'C:/windows/win.ini',
    'in\\a.md',
    'in/a.md\0.png',
    'file-link.md',
    'folder-link/secret.md',
    'folder-link/root-twin/secret.md',
  ])('%j is path-outside-root', async (path) => {
    const folder = await openDocumentFolder(root);
    await expect(folder.readLines(path, 1, 1)).rejects.toMatchObject({ code: 'path-outside-root' });
  });

  it.each(['', '.', 'in', '.env', 'hidden-link.md', 'loop.md', 'nowhere.md', `${'x'.repeat(5000)}.md`])(
    '%j is refused as no document, not read',
    async (path) => {
      const folder = await openDocumentFolder(root);
      await expect(folder.readLines(path, 1, 1)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it('follows a link that stays inside, and calls the file by its own name', async () => {
    const folder = await openDocumentFolder(root);
    expect(await folder.readLines('good-link.md', 1, 9)).toEqual({ path: 'in/a.md', totalLines: 1, lines: ['inside'] });
  });

  it('does not wait for a pipe that nobody writes to', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.md')]);
    const folder = await openDocumentFolder(root);
    await expect(folder.readLines('pipe.md', 1, 1)).rejects.toThrow('"pipe.md" is a folder or a device, not a file.');
  });

  it('never returns a byte of an outside file while a folder is swapped for a link again and again', async () => {
    await mkdir(join(outer, 'evil'));
    await writeFile(join(outer, 'evil', 'a.md'), 'secret\n');
    await symlink(join(outer, 'evil'), join(outer, 'trap'));
    let swapping = true;
    const swap = (async () => {
      for (let cycle = 0; swapping; cycle += 1) {
        await setTimeout(cycle % 3);
        await rename(join(root, 'in'), join(outer, 'kept'));
        await rename(join(outer, 'trap'), join(root, 'in'));
        await rename(join(root, 'in'), join(outer, 'trap'));
        await rename(join(outer, 'kept'), join(root, 'in'));
      }
    })();
    const seen = new Set<string>();
    let refused = 0;
    for (let attempt = 0; attempt < 800; attempt += 1) {
      const read = await readInside(root, 'in/a.md').catch(() => undefined);
      if (read === undefined) refused += 1;
      else seen.add(read.bytes.toString());
    }
    swapping = false;
    await swap;
    expect([...seen]).toEqual(['inside\n']);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('lines', () => {
  it.each([
    ['crlf.md', 'one\r\ntwo\r\n', ['one', 'two']],
    ['cr.md', 'one\rtwo', ['one', 'two']],
    ['mixed.txt', 'one\n\r\ntwo\r\rthree', ['one', '', 'two', '', 'three']],
    ['bom.md', '\uFEFFone', ['one']],
    ['empty.md', '', []],
    ['blank.md', '\n', ['']],
    ['separator.md', 'a\u2028b\n', ['a\u2028b']],
  ])('%s is counted as an editor counts', async (path, content, lines) => {
    await put({ [path]: content });
    expect(await (await openDocumentFolder(root)).readLines(path, 1, 100)).toEqual({ path, totalLines: lines.length, lines });
  });

  it('shows HTML as text on the raw lines it stands on', async () => {
    await put({
      'page.html':
        '<!doctype html>\r\n<title>Caf&eacute; &amp; bar</title><style>p { color: red }\n</style>\r\n<script>if (a < b) {\n alert("no") }</script>\r\n' +
        '<p>It opens\r\nat <b>no</b>on<br>daily.</p><!-- hidden\n --><td>a</td><td>b</td>\r\n<p title="x\ny">after&#10;all</p>',
    });
    expect((await (await openDocumentFolder(root)).readLines('page.html', 1, 100)).lines).toEqual([
      '',
      'Café & bar',
      '',
      '',
      '',
      'It opens',
      'at noon daily.',
      'a b',
      '',
      'after all',
    ]);
  });

  it('reads the file as it is now, even when size and time of change are the same', async () => {
    await put({ 'a.md': 'before\n' });
    const folder = await openDocumentFolder(root);
    expect((await folder.readLines('a.md', 1, 1)).lines).toEqual(['before']);
    await put({ 'a.md': 'after!\n' });
    await utimes(join(root, 'a.md'), 0, 0);
    expect((await folder.readLines('a.md', 1, 1)).lines).toEqual(['after!']);
  });
});

describe('search', () => {
  beforeEach(() =>
    put({
      'billing/invoices.md':
        '# Invoices\n\nInvoices are sent on the first working\nday of each month, e.g. Monday. Late payment costs 2.5 percent.\n\n## Refunds\n\n' +
        'Dr. Adams approves refunds over 500 euros.\n\n| Plan | Price |\n|---|---|\n| Basic | 9 euros |\n| Team | 49 euros |\n',
      'limits.json': '{\n  "upload": {\n    "maxFileSize": 1048576\n  },\n  "download": {\n    "maxFileSize": 99\n  }\n}\n',
      'people.csv': 'name,city\nAda,Oslo\nBob,Rome\n',
      'src/cache.ts':
        '/**\n * Entries expire after ten minutes,\n * unless they are pinned.\n */\nexport const cacheTtlMs = 600_000;\n',
      'help.html': '<h1>Help</h1><p>To reset the <em>pass</em>word,\n open the settings page.</p>',
    }),
  );

  it.each([
    [
      'When are invoices sent?',
      'billing/invoices.md',
      3,
      4,
      'Invoices are sent on the first working day of each month, e.g. Monday.',
    ],
    ['Who approves a refund?', 'billing/invoices.md', 8, 8, 'Dr. Adams approves refunds over 500 euros.'],
    ['What is the price of the team plan?', 'billing/invoices.md', 13, 13, 'Team | 49 euros'],
    ['max file size for downloads', 'limits.json', 6, 6, '"maxFileSize": 99'],
    ['In which city is Bob?', 'people.csv', 3, 3, 'Bob,Rome'],
    ['When do cache entries expire?', 'src/cache.ts', 2, 3, 'Entries expire after ten minutes, unless they are pinned.'],
    ['cache TTL', 'src/cache.ts', 5, 5, 'export const cacheTtlMs = 600_000;'],
    ['How do I reset my password?', 'help.html', 1, 2, 'To reset the password, open the settings page.'],
  ])('answers %j', async (query, path, line, endLine, text) => {
    const { hits, unknownTerms } = await (await openDocumentFolder(root)).search(query, 1);
    expect(hits.map((hit) => [hit.path, hit.line, hit.endLine, hit.text])).toEqual([[path, line, endLine, text]]);
    expect(unknownTerms).toEqual([]);
    expect(hits[0]?.coverage).toBeGreaterThan(0.6);
  });

  it.each([
    ['Which quantum annealer computes the invoices?', ['quantum', 'anneal', 'comput']],
    ['What is the capital of Mongolia?', ['capit', 'mongolia']],
    ['Does the vendor support Kubernetes on the moon?', ['vendor', 'support', 'kubernet', 'moon']],
  ])('covers little of %j, which the files do not answer', async (query, unknown) => {
    const { hits, unknownTerms } = await (await openDocumentFolder(root)).search(query, 3);
    expect(unknownTerms).toEqual(unknown);
    expect(Math.max(0, ...hits.map(({ coverage }) => coverage))).toBeLessThan(0.35);
  });

  it('sees a file that was added, changed or removed since the last search', async () => {
    const folder = await openDocumentFolder(root);
    const paths = async (): Promise<string[]> =>
      (await folder.search('zeppelin', 5)).hits.map(({ path, line }) => `${path}:${line}`);
    expect(await paths()).toEqual([]);
    await put({ 'z.md': 'A zeppelin.\n', 'a.md': 'A zeppelin.\n' });
    expect(await paths()).toEqual(['a.md:1', 'z.md:1']);
    await put({ 'a.md': 'Nothing.\n\nA zeppelin.\n' });
    await unlink(join(root, 'z.md'));
    expect(await paths()).toEqual(['a.md:3']);
  });

  it('takes an empty, a huge and a stop-word query', async () => {
    const folder = await openDocumentFolder(root);
    expect(await folder.search('what is the', 5)).toEqual({ hits: [], total: 0, terms: [], unknownTerms: [] });
    expect((await folder.search('constructor __proto__ toString', 5)).unknownTerms).toEqual(['constructor', 'proto', 'string']);
    expect((await folder.search('invoice '.repeat(100_000), 1)).terms).toEqual(['invoic']);
  });

  it('finds Chinese and accented words', async () => {
    await put({ 'cn.txt': '退款需要三个工作日。发票每月发送。\n', 'fr.txt': 'Le café ferme à midi.\n' });
    const folder = await openDocumentFolder(root);
    expect((await folder.search('退款', 1)).hits.map(({ text }) => text)).toEqual(['退款需要三个工作日。']);
    expect((await folder.search('cafe', 1)).hits.map(({ text }) => text)).toEqual(['Le café ferme à midi.']);
  });
});
