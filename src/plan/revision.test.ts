import { describe, expect, it } from 'vitest';
import type { Subtask } from './plan.ts';
import { checkRevision } from './revision.ts';

function subtask(id: string, dependsOn: string[] = [], role = 'writer'): Subtask {
  return { id, role, instruction: 'Do it.', dependsOn };
}

const around = {
  fixedIds: new Set(['facts', 'code']),
  usedIds: new Set(['facts', 'code', 'risk', 'report']),
  roles: ['writer'],
  maxSubtasks: 3,
};

describe('a revision', () => {
  it('may depend on what stays and on what it adds, in any order', () => {
    expect(
      checkRevision({
        ...around,
        add: [subtask('report-2', ['facts', 'risk-2']), subtask('risk-2', ['code'])],
        deliverable: 'report-2',
      }),
    ).toEqual([]);
  });

  it('may add nothing when it hands over a subtask that stays', () => {
    expect(checkRevision({ ...around, add: [], deliverable: 'facts' })).toEqual([]);
    expect(checkRevision({ ...around, add: [] }).map(({ code }) => code)).toEqual(['empty']);
  });

  it('never reuses an id, not even of a subtask that it replaces', () => {
    expect(checkRevision({ ...around, add: [subtask('risk')] })).toEqual([
      {
        code: 'duplicate-id',
        message: 'Id "risk" was used in this run already, and ids are never reused. Choose another.',
        subtaskId: 'risk',
        path: 'subtasks.0.id',
      },
    ]);
  });

  it('cannot depend on what it replaces', () => {
    expect(checkRevision({ ...around, add: [subtask('x', ['risk'])] })).toEqual([
      {
        code: 'unknown-dependency',
        message: 'Subtask "x" depends on "risk", which is no longer part of the plan. Depend on finished or new subtasks only.',
        subtaskId: 'x',
        path: 'subtasks.0.dependsOn.0',
      },
    ]);
  });

  it.each([
    ['a cycle', { add: [subtask('x', ['y']), subtask('y', ['x'])] }, ['cycle']],
    ['itself as a dependency', { add: [subtask('x', ['x'])] }, ['self-dependency']],
    ['one id twice', { add: [subtask('x'), subtask('x')] }, ['duplicate-id']],
    ['an unknown role', { add: [subtask('x', [], 'poet')] }, ['unknown-role']],
    ['too much', { add: ['w', 'x', 'y', 'z'].map((id) => subtask(id)) }, ['too-large']],
    ['an unknown deliverable', { add: [subtask('x')], deliverable: 'risk' }, ['unknown-deliverable']],
    [
      'an assumption about what is gone',
      { add: [{ ...subtask('x'), assumes: [{ subtask: 'risk', holds: { contains: 'y' } }] }] },
      ['unknown-dependency'],
    ],
  ])('with %s is refused', (_name, revision, codes) => {
    expect(checkRevision({ ...around, ...revision }).map(({ code }) => code)).toEqual(codes);
  });
});
