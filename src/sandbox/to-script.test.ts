import { describe, expect, it } from 'vitest';
import { stripTypes, toScript, toTests } from './guest/to-script.js';

describe('toScript', () => {
  it.each([
    ['const a = 1;', 'const a = 1;'],
    ['const text = `\nexport const a = 1;\n`;', 'const text = `\nexport const a = 1;\n`;'],
    ['export const a = 1;\nexport async function f() {}', 'const a = 1;\nasync function f() {}'],
    ['export default function f() {}', 'function f() {}'],
    ['const f = 1;\nexport { f };\nexport default f;', 'const f = 1;\n\nf;'],
    ["import fs from 'node:fs';", "const fs = require('node:fs');"],
    ["import * as fs from 'node:fs'", "const fs = require('node:fs')"],
    ["import 'a';", "require('a');"],
    ["import b, { c as d, e } from 'a';", "const b = require('a'), { c : d, e } = require('a');"],
    ["import {\n  c,\n} from 'a';\nc();", "const {   c, } = require('a')\n\n;\nc();"],
  ])('%j', (source, script) => {
    expect(toScript(source)).toBe(script);
  });

  it('leaves what is no program for its error message', () => {
    expect(toScript('export const a = (')).toBe('export const a = (');
  });

  it('keeps the numbers of lines', () => {
    const source = "import {\n  a,\n  b,\n} from 'x';\nexport {\n  c,\n};\nlast();";
    expect(toScript(source).split('\n').indexOf('last();')).toBe(source.split('\n').indexOf('last();'));
  });
});

describe('toTests', () => {
  it('puts an async function around what awaits, and around nothing else', () => {
    expect(toTests('f();')).toBe('f();');
    expect(toTests('await f();')).toBe('(async () => {await f();\n})()');
    expect(toTests('await (')).toBe('await (');
  });
});

describe('stripTypes', () => {
  it('says whether the lines kept their numbers', () => {
    expect(stripTypes('const a: number = 1;')).toEqual({ text: 'const a         = 1;', keepsLines: true });
    expect(stripTypes('enum A { x = 1 }\nconst a: A = A.x;').keepsLines).toBe(false);
  });
});
