import { expect, test } from 'vitest';
import { findReferences, type Referable } from './references.ts';

const facts = { items: [{ name: 'first', 'full name': 'The First' }, { name: 'second' }], 'odd.key': 1, empty: null };
const results: Referable[] = [
  { name: 'facts', value: facts },
  { name: 'facts.items', value: 'a subtask with a dot' },
  { name: 'E1', value: 'evidence one' },
  { name: '1', value: 'one' },
  { name: '12', value: 'twelve' },
  { name: 'text', value: '{"rows":[1,2]}' },
  { name: 'subtask', value: 'a subtask of this name' },
];

/** `written → value`, `written → ?` for a missing one. */
function read(instruction: string, referables = results): string[] {
  return findReferences(instruction, referables).map((found) =>
    found.kind === 'missing' ? `${found.written} → ?` : `${found.written} → ${JSON.stringify(found.value)}`,
  );
}

test.each<[instruction: string, found: string[]]>([
  ['Use {{facts.odd.key}}.', ['{{facts.odd.key}} → ?']],
  ['Use {{facts["odd.key"]}} and {{ E1 }}.', ['{{facts["odd.key"]}} → 1', '{{ E1 }} → "evidence one"']],
  // Of the ids that it begins with the longest is meant.
  ['{{facts.items}}', ['{{facts.items}} → "a subtask with a dot"']],
  ['{{facts.items[0].name}}', ['{{facts.items[0].name}} → ?']],
  ['{{facts["items"][1].name}}', ['{{facts["items"][1].name}} → "second"']],
  [
    '{{subtask.E1}} {{subtask.subtask}} {{subtask}}',
    [
      '{{subtask.E1}} → "evidence one"',
      '{{subtask.subtask}} → "a subtask of this name"',
      '{{subtask}} → "a subtask of this name"',
    ],
  ],
  ['{{facts.empty}} is null', ['{{facts.empty}} → null']],
  ['{{text.rows.1}}', ['{{text.rows.1}} → 2']],
  ['{{nobody}} {{factsheet}} {{}}', ['{{nobody}} → ?', '{{factsheet}} → ?']],
  ['#E1, #E12 and #E10; #E1a is a word', ['#E1 → "evidence one"', '#E12 → "twelve"', '#E10 → ?']],
  ['$1 and $12, $13, but $1.50, $1,000 and $1a are none', ['$1 → "one"', '$12 → "twelve"', '$13 → ?']],
])('%s', (instruction, found) => {
  expect(read(instruction)).toEqual(found);
});

test('without numbered dependencies money is money', () => {
  expect(read('It costs $100, see #E1.', [{ name: 'a', value: 'x' }])).toEqual(['#E1 → ?']);
});

test('what is resolved is not looked through for references again', () => {
  expect(
    read('{{a}}', [
      { name: 'a', value: '{{b}}' },
      { name: 'b', value: 'secret' },
    ]),
  ).toEqual(['{{a}} → "{{b}}"']);
});

test('an instruction of nothing but the beginnings of references is read in no time', () => {
  const started = performance.now();
  for (const unit of ['{{', '{{a.', '#E', '$1', '{{a}']) findReferences(unit.repeat(30_000), results);
  expect(performance.now() - started).toBeLessThan(2000);
});
