import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from 'vitest';
import { planOutputSchema } from './prompt.ts';

const subtask = { id: 'find-facts', role: 'writer', instruction: 'Find.', dependsOn: [], assumes: [] };

function allows(ids: 'new' | 'any', plan: { subtasks: object[]; deliverable: string }): boolean {
  return new Validator({ ...planOutputSchema(['writer'], ids) }).validate(plan).valid;
}

describe('planOutputSchema', () => {
  test('a new plan has short ids, so that a small model writes no sentence for one', () => {
    const sentence = 'A simple rainwater harvesting system for small farmers';
    expect([
      allows('new', { subtasks: [subtask], deliverable: 'find-facts' }),
      allows('new', { subtasks: [subtask], deliverable: '' }),
      allows('new', { subtasks: [subtask], deliverable: sentence }),
      allows('new', { subtasks: [{ ...subtask, dependsOn: [sentence] }], deliverable: '' }),
      allows('new', { subtasks: [], deliverable: '' }),
    ]).toEqual([true, true, false, false, false]);
  });

  test('ids that are there already can be named whatever their form, and nothing may be left to add', () => {
    const given = { ...subtask, dependsOn: ['Schritt 1: Fakten sammeln, prüfen'] };
    expect([
      allows('any', { subtasks: [given], deliverable: '' }),
      allows('any', { subtasks: [], deliverable: 'Schritt 1: Fakten sammeln, prüfen' }),
    ]).toEqual([true, true]);
  });
});
