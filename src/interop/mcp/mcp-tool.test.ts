import { expect, test } from 'vitest';
import type { Tool } from '../../execute/tool.ts';
import { nameApart, nameTool } from './mcp-tool.ts';

test.each([
  ['box', 'echo', 'box_echo'],
  ['my-box', 'a.b/c d', 'my-box_a_b_c_d'],
  ['9box', 'x', 't_9box_x'],
  ['pair.box', 'ünï', 'pair_box__n_'],
])('the tool of %s that is called %s', (server, tool, name) => {
  expect(nameTool(server, tool)).toBe(name);
});

test('names that have to be cut stay apart, and at most 64 characters long', () => {
  const long = [nameTool('box', `${'x'.repeat(80)}a`), nameTool('box', `${'x'.repeat(80)}b`)];
  expect(long.map(({ length }) => length)).toEqual([64, 64]);
  expect(new Set(long).size).toBe(2);
});

test('a name that is taken gets a number, within the 64 characters', () => {
  const tool = { name: 'y'.repeat(64) } as Tool;
  const taken = new Set<string>();
  const names = [1, 2, 3].map(() => nameApart(tool, taken).name);
  expect(names).toEqual(['y'.repeat(64), `${'y'.repeat(62)}_2`, `${'y'.repeat(62)}_3`]);
});
