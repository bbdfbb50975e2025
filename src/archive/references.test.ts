import { expect, test } from 'vitest';
import { referencesOfEvent } from './references.ts';

test('what a pattern puts in an answer’s place is kept with the run', () => {
  const output = { kind: 'stored' as const, hash: 'h', characters: 9 };
  const grown = { type: 'plan-grown' as const, subtaskId: 'a', attempt: 1, add: [] };
  expect(referencesOfEvent({ ...grown, output })).toEqual([{ stored: output, holds: 'result' }]);
  expect(referencesOfEvent(grown)).toEqual([]);
});
