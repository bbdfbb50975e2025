/** Right plans made wrong, each in one declared way. */
import type { Subtask } from 'planwright';
import type { Choose } from '../chance.ts';
import { forgetTotal, loseDependency, loseSubtask, misdirect, misjudge, misroute, swap } from './meaning-defects.ts';
import { type Draft, type Survey, writeRightPlan } from './survey.ts';

/** A check of form can see them. */
export const formKinds = [
  'cycle',
  'dependency on nothing',
  'duplicate id',
  'unknown role',
  'empty',
  'unreachable',
  'wrong type',
] as const;
/** Valid plans that are wrong. */
export const meaningKinds = [
  'dropped subtask, still named',
  'dropped subtask, forgotten',
  'dropped dependency',
  'wrong role',
  'wrong instruction',
  'false assumption, an object',
  'false assumption, a sentence',
  'false assumption, not stated',
  'two subtasks swapped',
] as const;
/** `none`: the right plan, to see what is caught in vain. */
export const allKinds = ['none', ...formKinds, ...meaningKinds] as const;
export type DefectKind = (typeof allKinds)[number];

/** A planner's answer, before anybody has looked at it: JSON that may be of a wrong form. */
export interface RawDraft {
  subtasks: unknown[];
  deliverable: string;
}

/** The same choices give the same defect, whatever the ids' suffix. */
export function writeDraft(kind: DefectKind, survey: Survey, choose: Choose, suffix = ''): RawDraft {
  const draft = writeRightPlan(survey, suffix);
  switch (kind) {
    case 'none':
      return draft;
    case 'cycle':
      return changeOne(draft, choose(inner(draft), 'cycle'), (subtask) => {
        const dependent = draft.subtasks.find(({ dependsOn }) => dependsOn.includes(subtask.id));
        return { ...subtask, dependsOn: [...subtask.dependsOn, dependent?.id ?? subtask.id] };
      });
    case 'dependency on nothing':
      return changeOne(draft, choose(draft.subtasks, 'edge'), (subtask) => ({
        ...subtask,
        dependsOn: [...subtask.dependsOn, `survey-map${suffix}`],
      }));
    case 'duplicate id':
      return duplicate(draft, choose);
    case 'unknown role':
      return changeOne(draft, choose(draft.subtasks, 'role'), (subtask) => ({ ...subtask, role: 'navigator' }));
    case 'empty':
      return { ...draft, subtasks: [] };
    case 'unreachable': {
      const place = choose([...survey.register.keys()], 'place') ?? '';
      const extra = {
        id: `find-9${suffix}`,
        role: 'surveyor',
        instruction: `Look up d9: the distance to ${place}.`,
        dependsOn: [],
      };
      return { ...draft, subtasks: [extra, ...draft.subtasks] };
    }
    case 'wrong type':
      return mistype(draft, choose);
    case 'dropped subtask, still named':
      return loseSubtask(draft, choose);
    case 'dropped subtask, forgotten':
      return forgetTotal(draft, choose);
    case 'dropped dependency':
      return loseDependency(draft, choose);
    case 'wrong role':
      return misroute(draft, choose);
    case 'wrong instruction':
      return misdirect(draft, survey, choose);
    case 'false assumption, an object':
      return misjudge(draft, 'object', choose);
    case 'false assumption, a sentence':
      return misjudge(draft, 'sentence', choose);
    case 'false assumption, not stated':
      return misjudge(draft, 'nothing', choose);
    case 'two subtasks swapped':
      return swap(draft, choose);
    default:
      return kind satisfies never;
  }
}

/** All but the deliverable. */
function inner({ subtasks, deliverable }: Draft): Subtask[] {
  return subtasks.filter(({ id }) => id !== deliverable);
}

function changeOne(draft: Draft, one: Subtask | undefined, change: (subtask: Subtask) => unknown): RawDraft {
  return { ...draft, subtasks: draft.subtasks.map((subtask) => (subtask === one ? change(subtask) : subtask)) };
}

/** Two different subtasks of one id; whoever depended on either depends on that id. */
function duplicate(draft: Draft, choose: Choose): RawDraft {
  const first = choose(inner(draft), 'first');
  const second = choose(
    inner(draft).filter((subtask) => subtask !== first),
    'second',
  );
  if (first === undefined || second === undefined) return draft;
  const rename = (id: string) => (id === second.id ? first.id : id);
  const renamed = draft.subtasks.map((subtask) => ({
    ...subtask,
    id: rename(subtask.id),
    dependsOn: [...new Set(subtask.dependsOn.map(rename))],
  }));
  return { ...draft, subtasks: renamed };
}

/** Two of the forms say the same in another notation; the rest say nothing. */
const wrongForms: readonly ((subtask: Subtask) => object)[] = [
  (subtask) => ({
    ...subtask,
    dependsOn: subtask.dependsOn.length === 1 ? subtask.dependsOn[0] : undefined,
    depends_on: subtask.dependsOn.length === 1 ? undefined : subtask.dependsOn,
  }),
  (subtask) => ({ ...subtask, role: ` ${subtask.role.toUpperCase()} ` }),
  (subtask) => ({ ...subtask, instruction: 42 }),
  (subtask) => ({ ...subtask, dependsOn: { on: subtask.dependsOn } }),
  (subtask) => ({ ...subtask, id: [subtask.id] }),
  (subtask) => ({ ...subtask, role: null }),
];

function mistype(draft: Draft, choose: Choose): RawDraft {
  const form = choose(wrongForms, 'form');
  return changeOne(draft, choose(draft.subtasks, 'typed'), (subtask) => form?.(subtask) ?? subtask);
}
