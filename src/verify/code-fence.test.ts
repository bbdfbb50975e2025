import { describe, expect, it } from 'vitest';
import { extractCode } from './code-fence.ts';

const code = (text: string, language = 'javascript') => {
  const extracted = extractCode(text, language);
  return extracted.kind === 'code' ? extracted.code : extracted.reason;
};

describe('extractCode', () => {
  it.each([
    ['no block', 'a\nb', 'a\nb'],
    ['one block', '```js\na\nb\n```', 'a\nb'],
    ['a block of another name', 'So:\n```\na\n```\nDone.', 'a'],
    ['tildes', '~~~javascript\na\n```\nb\n~~~', 'a\n```\nb'],
    ['a longer fence around a shorter one', '````js\n```\na\n```\n````', '```\na\n```'],
    ['a block that was cut off', 'So:\n```js\na', 'a'],
    ['Windows line ends', '```js\r\na\r\nb\r\n```\r\n', 'a\nb'],
    ['an indented fence', '   ```js\na\n   ```', 'a'],
    ['inline code', 'Call ```f()``` here', 'Call ```f()``` here'],
    ['an empty block', '```js\n```', ''],
    ['the only one of its language', '```sh\nnpm i\n```\n```js\na\n```\n```json\n{}\n```', 'a'],
    ['attributes', '```sh\nx\n```\n```{.js .numbered}\na\n```', 'a'],
  ])('reads %s', (_, text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('says when it is unclear what is meant', () => {
    expect(code('```js\na\n```\n```js\nb\n```')).toBe('The result has 2 javascript blocks; it must hold all its code in one.');
    expect(code('```\na\n```\n```\nb\n```', 'python')).toBe(
      'The result has 2 code blocks, none marked python; it must hold all its code in one.',
    );
  });

  it('is linear in hostile texts', () => {
    for (const piece of ['```\n', '`', '   ```', '~~~a\n', '```js `\n']) {
      expect(code(piece.repeat(200_000)).length).toBeLessThan(2_000_000);
    }
  });
});
