import { expect, test } from 'vitest';
import { safeAddress } from './markdown.tsx';

test.each([
  ['https://example.com/a?b#c', 'https://example.com/a?b#c'],
  ['HTTP://example.com', 'HTTP://example.com'],
  ['mailto:a@example.com', 'mailto:a@example.com'],
  ['javascript:alert(1)', null],
  ['java\tscript:alert(1)', null],
  [' \u0001javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['file:///etc/passwd', null],
  ['//example.com', null],
  ['/api/runs', null],
  [undefined, null],
])('a link of a model to %j leads to %j', (address, wanted) => {
  expect(safeAddress(address)).toBe(wanted);
});
