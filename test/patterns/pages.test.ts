/** The team files that the pages of the patterns show are teams. */
import { readdirSync, readFileSync } from 'node:fs';
import { defineTeam, type TeamDefinition } from 'planwright';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const docs = new URL('../../docs/', import.meta.url);
const pages = ['patterns.md', ...readdirSync(new URL('patterns', docs)).map((name) => `patterns/${name}`)];
const files = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, docs), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].flatMap(([, yaml = '']) =>
    /^(?:pattern|preset):/m.test(yaml) ? [{ page, definition: parse(yaml) as TeamDefinition }] : [],
  );
});

test.each(files)('$page: $definition.name', ({ definition }) => {
  expect(defineTeam(definition).pattern).toMatchObject({ name: expect.any(String) });
});

test('there are some', () => {
  expect(files.length).toBeGreaterThan(5);
});
