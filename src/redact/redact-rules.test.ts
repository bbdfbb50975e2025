import { expect, test } from 'vitest';
import { parseTeamFile } from '../team/team-file.ts';
import { readRedact, uniteRedact } from './redact-rules.ts';

const load = (redact: string) => parseTeamFile(`redact: ${redact}\nroles:\n  a:`, 'team.yaml');

test.each([
  ['[email, {name: t, pattern: T-\\d+}]', '[{name}]', 'keep'],
  ['{patterns: [email, {name: t, pattern: T-\\d+}], replacement: "***", files: refuse}', '***', 'refuse'],
])('the short form and the long one: %s', (redact, replacement, files) => {
  const rules = load(redact).redact;
  expect(rules).toMatchObject({ replacement, files });
  expect(rules?.patterns.map(({ name }) => name)).toEqual(['email', 't']);
  expect(rules?.patterns[1]).toEqual({ name: 't', pattern: 'T-\\d+' });
});

test.each([
  ['[emial]', 'team.yaml:1:10 redact.0: "emial" is no built-in pattern. They are: email, phone,'],
  ['[{name: t, pattern: "("}]', 'team.yaml:1:29 redact.0.pattern: cannot be used: not a valid RE2 expression'],
  [
    '[{name: t, pattern: "(?:a{1000}){1000}"}]',
    'team.yaml:1:29 redact.0.pattern: cannot be used: the expression repeats too much',
  ],
  ['{patterns: [email], replacement: "*"}', 'team.yaml:1:42 redact.replacement: must be empty or have at least 3 characters'],
  [
    '{patterns: [email], file: keep}',
    'team.yaml:1:29 redact.file: unknown key "file". Did you mean "files"? Known keys: patterns, replacement, files.',
  ],
  ['[{name: "a b", pattern: x}]', 'team.yaml:1:17 redact.0.name: is not a pattern name'],
  ['true', 'team.yaml:1:9 redact: must be a list or a mapping, not true'],
])('a bad one is refused at its place: %s', (redact, message) => {
  expect(() => load(redact)).toThrow(
    expect.objectContaining({ code: 'team-invalid', message: expect.stringContaining(message) }),
  );
});

test('what a sub-team redacts is redacted in the whole run', () => {
  const team = parseTeamFile(
    'redact: [email]\nroles:\n  a: { team: { redact: { patterns: [card, email], files: refuse }, roles: { b: } } }',
    't.yaml',
  );
  expect(team.redact?.patterns.map(({ name }) => name)).toEqual(['email', 'card']);
  expect(team.redact?.files).toBe('refuse');
  expect(uniteRedact([undefined, undefined])).toBeUndefined();
});

test('a program’s bad definition names what is wrong', () => {
  expect(() => readRedact([{ name: 't', pattern: '[' }])).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining('redact.0.pattern: cannot be used') }),
  );
});
