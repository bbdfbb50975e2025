import { expect, test } from 'vitest';
import { defineTeam } from './define-team.ts';
import { listSecretNames, listTeamSecrets, redactSecrets, resolveSecrets } from './secrets.ts';

test('references are replaced at the moment of use, all of them', () => {
  expect(resolveSecrets('http://{env:HOST}:{env:PORT}/{env:HOST}#m', { HOST: 'h', PORT: '8080' })).toBe('http://h:8080/h#m');
});

test('a value that looks like a reference is not resolved again', () => {
  expect(resolveSecrets('{env:A}', { A: '{env:B}$&', B: 'secret' })).toBe('{env:B}$&');
});

test('an unset or empty variable is named', () => {
  expect(() => resolveSecrets('http://{env:HOST}/v1', {})).toThrow(
    expect.objectContaining({
      code: 'secret-missing',
      message: 'The environment variable HOST is not set. http://{env:HOST}/v1 needs it: set HOST and start again.',
    }),
  );
  expect(() => resolveSecrets('{env:A}{env:B}', { A: '' })).toThrow('The environment variables A, B are not set.');
});

test('a variable that only an inherited property answers for is missing', () => {
  expect(() => resolveSecrets('{env:constructor}', {})).toThrow(expect.objectContaining({ code: 'secret-missing' }));
});

test('values are taken out of a text in every form, the longest first', () => {
  const env = { KEY: 'p@ss word', LONG: 'p@ss word and more', SHORT: 'abc' };
  expect(redactSecrets('p@ss word and more, p@ss word, p%40ss%20word, abc', ['KEY', 'LONG', 'SHORT', 'UNSET'], env)).toBe(
    '{env:LONG}, {env:KEY}, {env:KEY}, abc',
  );
  expect(redactSecrets(JSON.stringify({ key: 'a"b\\c' }), ['K'], { K: 'a"b\\c' })).toBe('{"key":"{env:K}"}');
  expect(redactSecrets('x\ud800yz', ['K'], { K: 'x\ud800yz' })).toBe('{env:K}');
});

test('the secrets of a team are those of all its model specs', () => {
  const team = defineTeam({
    model: '{env:A}',
    planner: { model: '{env:B}' },
    roles: {
      r: { model: '{env:C}{env:A}', instructions: '{env:NOT_READ}' },
      s: { team: { roles: { t: { model: '{env:D}' } } } },
    },
    limits: { perModel: { '{env:E}': { concurrency: 1 } } },
  });
  expect(listTeamSecrets(team)).toEqual(['A', 'B', 'C', 'E', 'D']);
  expect(listSecretNames('{env:A} {env:} {env:1} {env:B_2}')).toEqual(['A', 'B_2']);
});
