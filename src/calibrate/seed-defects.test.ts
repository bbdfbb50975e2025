import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../clock.ts';
import { parseCitations } from '../verify/citations.ts';
import { checkQuotes } from '../verify/quotes.ts';
import { codeDefectKinds } from './code-edits.ts';
import { reportDefectKinds } from './report-edits.ts';
import { type DefectKind, defectKinds, seedDefects } from './seed-defects.ts';

/** Every mutant of one kind that a text has a place for. */
function mutantsOf(text: string, kind: DefectKind, language?: string): string[] {
  const options = { kinds: [kind], random: seededRandom(1), perKind: 100, ...(language === undefined ? {} : { language }) };
  return seedDefects(text, options)
    .map((defect) => defect.text)
    .toSorted();
}

describe('code', () => {
  test.each<[DefectKind, string, string[]]>([
    ['off-by-one', 'for (let i = 0; i < n; i++) {}', ['for (let i = 0; i <= n; i++) {}', 'for (let i = 1; i < n; i++) {}']],
    ['off-by-one', 'const x = a1 + 0x1f + 1.5 + 7n', []],
    ['flipped-comparison', 'if (a === b && c > d) e();', ['if (a !== b && c > d) e();', 'if (a === b && c < d) e();']],
    ['flipped-comparison', 'const f: Map<A, B> = (x) => x;', []],
    ['dropped-return', 'function f() { return a; }', ['function f() { a; }']],
    ['dropped-return', 'f()\nreturn (a)\nreturn { b };\nreturn;\nreturns(1);', []],
    ['dropped-return', 'if (a) {\n  return [b];\n}', ['if (a) {\n  [b];\n}']],
    ['dropped-await', 'const a = await f(); for await (const b of c) d(b);', ['const a = f(); for await (const b of c) d(b);']],
    [
      'wrong-operator',
      'const a = b + c * d && !e;',
      ['const a = b + c * d || !e;', 'const a = b + c / d && !e;', 'const a = b - c * d && !e;'],
    ],
    ['wrong-operator', "import * as a from 'b';\nimport type * as c from 'd';\nx = -1;", []],
    ['wrong-operator', 'const a = b ?? (c && d);', []],
    ['swapped-arguments', "send(to, 'hello, you');", ["send('hello, you', to);"]],
    [
      'swapped-arguments',
      'function send(to, text) {}\nclass A { go(a, b) { Math.max(a, b); f(a, a); } }\nconst g = async (a, b) => a;',
      [],
    ],
    [
      'removed-null-check',
      'if (!a) return;\nconst b = c === null ? d?.e : f?.[0];\nconst g = h ?? i;',
      [
        'if (!a) return;\nconst b = c === null ? d.e : f?.[0];\nconst g = h ?? i;',
        'if (!a) return;\nconst b = c === null ? d?.e : f[0];\nconst g = h ?? i;',
        'if (!a) return;\nconst b = c === null ? d?.e : f?.[0];\nconst g = h;',
        'if (!a) return;\nconst b = false ? d?.e : f?.[0];\nconst g = h ?? i;',
        'if (false) return;\nconst b = c === null ? d?.e : f?.[0];\nconst g = h ?? i;',
      ],
    ],
  ])('JavaScript, %s: %j', (kind, text, mutants) => {
    expect(mutantsOf(text, kind, 'js')).toEqual(mutants.toSorted());
  });

  test.each<[DefectKind, string, string[]]>([
    ['off-by-one', 'x = a[i - 1]', ['x = a[i - 2]']],
    ['wrong-operator', 'if a and b: c = d // 2', ['if a or b: c = d // 2']],
    ['dropped-return', 'def f():\n    return x', ['def f():\n    x']],
    ['swapped-arguments', 'f(a, b)\ndef g(a, b): pass\nh(a, key=b)', ['f(b, a)\ndef g(a, b): pass\nh(a, key=b)']],
    [
      'removed-null-check',
      'if x is not None:\n  y()\nif not z:\n  w()',
      ['if True:\n  y()\nif not z:\n  w()', 'if x is not None:\n  y()\nif False:\n  w()'],
    ],
  ])('Python, %s: %j', (kind, text, mutants) => {
    expect(mutantsOf(text, kind, 'python')).toEqual(mutants.toSorted());
  });

  test('what stands in strings and comments is no code', () => {
    const text = "const a = 'b === c'; // d < 1\nconst e = /f > 2/; /* return g */ const h = `${i + 3}`;";
    expect(codeDefectKinds.flatMap((kind) => mutantsOf(text, kind, 'js'))).toEqual([]);
  });

  test('says where and what', () => {
    const text = 'const a = 1;\nconst b = (c, d) => {\n  return c < d;\n};\n';
    const [defect] = seedDefects(text, { kinds: ['flipped-comparison'], random: seededRandom(1) });
    expect(defect).toEqual({
      kind: 'flipped-comparison',
      text: text.replace('<', '>'),
      line: 3,
      column: 12,
      was: '<',
      became: '>',
    });
  });

  test('in a text, code is what stands in fences that name a language', () => {
    const text = 'Use a === b:\n\n```ts\nif (a === b) c();\n```\n\n```text\nd === e\n```\n\n~~~python\nif f == g: pass\n~~~\n';
    expect(mutantsOf(text, 'flipped-comparison')).toEqual(
      [text.replace('(a === b', '(a !== b'), text.replace('f == g', 'f != g')].toSorted(),
    );
  });

  test('prose is no code, whatever stands in it', () => {
    const prose =
      'We return home at 5 and not at 6.\nIf a < b then the larger one is b.\nAll of this is well known; see above.\n';
    expect(seedDefects(prose, { random: seededRandom(1), perKind: 10 })).toEqual([]);
  });

  test('mutants parse: the TypeScript of two packages', () => {
    const random = seededRandom(11);
    const files = globSync(['node_modules/ai/src/generate-text/*.ts', 'node_modules/zod/src/v4/core/*.ts']).toSorted();
    const seen = new Set<string>();
    let count = 0;
    for (const file of files) {
      for (const { kind, text } of seedDefects(readFileSync(file, 'utf8'), { kinds: codeDefectKinds, random, language: 'ts' })) {
        expect(() => stripTypeScriptTypes(text), `${file}: ${kind}`).not.toThrow();
        seen.add(kind);
        count += 1;
      }
    }
    expect([...seen].toSorted()).toEqual([...codeDefectKinds].toSorted());
    expect(count).toBeGreaterThan(150);
  });

  const python = findPython();
  test.skipIf(python === null)('mutants parse: the Python library (skipped where there is no python3)', () => {
    const random = seededRandom(12);
    const mutants = [
      'json/decoder',
      'textwrap',
      'heapq',
      'statistics',
      'shlex',
      'asyncio/queues',
      'asyncio/locks',
      'bisect',
    ].flatMap((name) => {
      const text = readFileSync(join(python ?? '', `${name}.py`), 'utf8');
      return seedDefects(text, { kinds: codeDefectKinds, random, perKind: 5, language: 'py' });
    });
    expect(new Set(mutants.map(({ kind }) => kind)).size).toBe(codeDefectKinds.length);
    const script = 'import ast, json, sys\nfor text in json.load(sys.stdin): ast.parse(text)\nprint("whole")';
    const printed = execFileSync('python3', ['-W', 'ignore', '-c', script], {
      input: JSON.stringify(mutants.map(({ text }) => text)),
    });
    expect(String(printed)).toBe('whole\n');
  });
});

/** The folder of its library. */
function findPython(): string | null {
  try {
    return String(execFileSync('python3', ['-c', 'import os; print(os.path.dirname(os.__file__))'], { stdio: 'pipe' })).trim();
  } catch {
    return null;
  }
}

describe('reports', () => {
  const files: Record<string, string[]> = {
    'bridge.md': [
      '# The bridge',
      '',
      'The bridge was opened in 1931 and is 240 m long.',
      'It does not carry trains.',
      '',
      'Painters come every 7 years.',
    ],
    'costs.md': ['# Costs', '', 'Painting the bridge costs 2 million crowns, wind not counted.'],
  };
  const report = [
    'The bridge is 240 m long: "was opened in 1931 and is 240 m long" [bridge.md:3].',
    'It was not built for trains: "It does not carry trains." [bridge.md:4]',
    '1. Painting costs 2 million: "Painting the bridge costs 2 million crowns" [costs.md:3].',
    'Not found in the files: who paid.',
  ].join('\n');
  const readLines = async (file: string, from: number, to: number): Promise<string[]> => {
    const lines = files[file];
    if (lines === undefined) throw new Error(`there is no ${file}`);
    return lines.slice(from - 1, to);
  };

  test('the report itself stands', async () => {
    expect(await checkQuotes(report, readLines)).toMatchObject({ failed: [], checked: { length: 3 } });
  });

  test.each(reportDefectKinds.filter((kind) => kind !== 'twisted-statement'))(
    '%s breaks one citation, and the quotes check sees it',
    async (kind) => {
      for (let seed = 1; seed <= 20; seed++) {
        const mutants = seedDefects(report, { kinds: [kind], random: seededRandom(seed), perKind: 10 });
        expect(mutants.length).toBeGreaterThan(0);
        for (const mutant of mutants) {
          const { failed, checked } = await checkQuotes(mutant.text, readLines);
          expect({ mutant: mutant.text, failed: failed.length, checked: checked.length }).toMatchObject({
            failed: 1,
            checked: 2,
          });
        }
      }
    },
  );

  test('a twisted statement leaves every citation whole: no quotes check can see it', async () => {
    const mutants = seedDefects(report, { kinds: ['twisted-statement'], random: seededRandom(1), perKind: 100 });
    expect(mutants.map(({ line, was, became }) => `${line}: ${was} → ${became}`).toSorted()).toEqual([
      '1: 240 → 340',
      '2: not  → ',
      '3: 2 → 3',
    ]);
    for (const { text } of mutants) expect((await checkQuotes(text, readLines)).failed).toEqual([]);
  });

  test('what each kind changes', () => {
    const changes = reportDefectKinds.map((kind) => {
      const [mutant] = seedDefects(report, { kinds: [kind], random: seededRandom(3) });
      return [kind, mutant?.was, mutant?.became];
    });
    expect(changes).toEqual([
      ['changed-number', '2', '3'],
      ['dropped-not', 'not ', ''],
      ['invented-quote', 'was opened in 1931 and is 240 m long', 'was opened in 1931 and 2 million crowns'],
      ['wrong-line', ':4', ':9'],
      ['other-file', 'bridge.md', 'costs.md'],
      ['twisted-statement', '2', '3'],
    ]);
  });

  test('a report with one source: its other file is one that there is not', () => {
    const [mutant] = seedDefects('So it is "word for word in it" [a/b.md:2].', {
      kinds: ['other-file'],
      random: seededRandom(1),
    });
    expect(mutant?.text).toBe('So it is "word for word in it" [a/b-old.md:2].');
    const [bare] = seedDefects('So it is "word for word in it" [NOTES:2].', { kinds: ['other-file'], random: seededRandom(1) });
    expect(bare?.text).toBe('So it is "word for word in it" [NOTES-old:2].');
  });

  test('citations that share a quote, ranges of lines, typographic marks', () => {
    const text = 'So “we do not know 5 of them” [a.md:3-5] [b.md:10] it is.';
    for (const kind of reportDefectKinds) {
      for (const mutant of seedDefects(text, { kinds: [kind], random: seededRandom(5), perKind: 50 })) {
        expect(parseCitations(mutant.text)).toHaveLength(2);
        expect(mutant.text).not.toBe(text);
      }
    }
    const lines = seedDefects(text, { kinds: ['wrong-line'], random: seededRandom(5), perKind: 50 });
    expect(lines.map(({ was }) => was).toSorted()).toEqual([':10', ':3-5']);
  });
});

test('the same random gives the same mutants, another one others', () => {
  const text = readFileSync('node_modules/zod/src/v4/core/util.ts', 'utf8');
  const seeded = (seed: number) => seedDefects(text, { random: seededRandom(seed), language: 'ts' }).map((defect) => defect.text);
  expect(seeded(1)).toEqual(seeded(1));
  expect(seeded(1)).not.toEqual(seeded(2));
  expect(new Set(seeded(1)).size).toBe(seeded(1).length);
});

test('an unknown kind is refused', () => {
  expect(() => seedDefects('x', { kinds: ['typo' as DefectKind], random: seededRandom(1) })).toThrow(
    `Unknown kind of defect: typo. Known: ${defectKinds.join(', ')}.`,
  );
});

test('hostile texts take no time', () => {
  const random = seededRandom(1);
  for (const text of [
    'a.'.repeat(200_000),
    'f(a, '.repeat(50_000),
    '"x" [a:1] '.repeat(20_000),
    'return '.repeat(50_000),
    `${'1 '.repeat(100_000)}{};`,
  ]) {
    expect(seedDefects(text, { random, language: 'js' }).length).toBeLessThanOrEqual(defectKinds.length);
  }
  expect(seedDefects('if (a === b) c();\n'.repeat(100_000), { random })).toEqual([]);
});
