import { describe, expect, test } from 'vitest';
import { parseTeamFile } from './team-file.ts';

/** Each of these kept the YAML parser or a later step busy for seconds to minutes, or broke it, before it was bounded. */
const hostile: [name: string, text: string, message: RegExp][] = [
  ['ten megabytes', 'x'.repeat(10_000_000), /^t\.yaml:1:1: the file is larger than 500000 characters\.$/],
  ['keys within keys', '? '.repeat(1000), /^t\.yaml:1:1: a key marked with "\?" is not supported/],
  ['brackets without end', '['.repeat(200_000), /^t\.yaml:1:65: brackets are nested more than 64 deep\.$/],
  ['braces as keys of braces', '{'.repeat(2000) + '}'.repeat(2000), /^t\.yaml:1:65: brackets are nested more than 64 deep\.$/],
  ['dashes without end', '- '.repeat(240_000), /^t\.yaml:1:201: the file is indented by more than 200 columns\.$/],
  [
    'nested blocks',
    Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    /^t\.yaml:202:1: the file is indented by more than 200 columns\.$/,
  ],
  ['half a million empty lines', '\n'.repeat(499_000), /^t\.yaml:1:1: the file has more than 400000 tokens\.$/],
  [
    'a thousand aliases',
    `a: &a 1\n${Array.from({ length: 1000 }, (_, i) => `k${i}: *a`).join('\n')}`,
    /^t\.yaml:102:\d+: the file uses more than 100 aliases \(\*name\)\.$/,
  ],
  [
    'an alias bomb',
    `k0: &k0 [x, x]\n${Array.from({ length: 30 }, (_, i) => `k${i + 1}: &k${i + 1} [*k${i}, *k${i}]`).join('\n')}`,
    /^t\.yaml:1:1: the aliases \(\*name\) expand to too much\.$/,
  ],
  ['a value that holds itself', '&a [*a]', /is nested more than 64 levels deep\.$/],
  ['a team that holds itself', 'roles: &r\n  a: {team: {roles: *r}}', /is nested more than 64 levels deep\.$/],
  ['a set of YAML 1.1', '%YAML 1.1\n---\nroles: !!set {x}', /^t\.yaml:3:1 roles: must be plain data, not a Set\.$/],
  [
    'twenty thousand problems',
    `roles:\n${Array.from({ length: 20_000 }, (_, i) => `  r${i}: 1`).join('\n')}`,
    /^t\.yaml:2:7 roles\.r0: must be a mapping, not 1\. \(and 19999 more\)\n/,
  ],
  ['a line of errors', '}\n'.repeat(2000), /^t\.yaml:1:1: not valid YAML: /],
];

describe('a hostile team file is refused soon', () => {
  test.each(hostile)('%s', { timeout: 20_000 }, (_name, text, message) => {
    expect(() => parseTeamFile(text, 't.yaml')).toThrow(
      expect.objectContaining({ code: 'team-invalid', message: expect.stringMatching(message) }),
    );
  });

  test('brackets, stars and question marks in a block of text are text', () => {
    const body = '      * [{ one ?\n      ? two\n'.repeat(200);
    expect(parseTeamFile(`roles:\n  a:\n    instructions: |\n${body}`, 't.yaml').roles.a?.instructions).toHaveLength(
      200 * '* [{ one ?\n? two\n'.length,
    );
  });
});
