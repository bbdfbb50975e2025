/** Defects that leave a plan's form as it should be, as far as each happens to. */
import type { Subtask } from 'planwright';
import type { Choose } from '../chance.ts';
import type { Draft, Survey } from './survey.ts';

const roles = ['surveyor', 'converter', 'calculator', 'critic', 'writer'];

function replace(draft: Draft, changes: ReadonlyMap<Subtask, Subtask>): Draft {
  return { ...draft, subtasks: draft.subtasks.map((subtask) => changes.get(subtask) ?? subtask) };
}

function replaceOne(draft: Draft, one: Subtask | undefined, change: (subtask: Subtask) => Subtask): Draft {
  return one === undefined ? draft : replace(draft, new Map([[one, change(one)]]));
}

function without(draft: Draft, ids: ReadonlySet<string>): Draft {
  const kept = draft.subtasks.filter(({ id }) => !ids.has(id));
  return {
    ...draft,
    subtasks: kept.map((subtask) => ({ ...subtask, dependsOn: subtask.dependsOn.filter((id) => !ids.has(id)) })),
  };
}

/** A subtask is gone, and with it the dependencies on it; who needed it still names it. */
export function loseSubtask(draft: Draft, choose: Choose): Draft {
  const lost = choose(
    draft.subtasks.filter(({ id }) => id !== draft.deliverable),
    'lost',
  );
  return lost === undefined ? draft : without(draft, new Set([lost.id]));
}

/** A part of the task is gone, with everything that only it needs and every mention of it. */
export function forgetTotal(draft: Draft, choose: Choose): Draft {
  const total = choose(
    draft.subtasks.filter(({ role }) => role === 'calculator'),
    'forgotten',
  );
  const label = /as (t\d+)\.$/.exec(total?.instruction ?? '')?.[1];
  if (total === undefined || label === undefined) return draft;
  let left = without(draft, new Set([total.id]));
  for (;;) {
    const needed = new Set(left.subtasks.flatMap(({ dependsOn }) => dependsOn));
    const idle = left.subtasks.filter(({ id }) => id !== left.deliverable && !needed.has(id));
    if (idle.length === 0) break;
    left = without(left, new Set(idle.map(({ id }) => id)));
  }
  const unmention = (instruction: string) => instruction.replace(`${label}, `, '').replace(`, ${label}`, '');
  return { ...left, subtasks: left.subtasks.map((subtask) => ({ ...subtask, instruction: unmention(subtask.instruction) })) };
}

/** One dependency is gone: a result is not handed over. */
export function loseDependency(draft: Draft, choose: Choose): Draft {
  const edges = draft.subtasks.flatMap((subtask) => subtask.dependsOn.map((on) => ({ subtask, on })));
  const lost = choose(edges, 'edge');
  return replaceOne(draft, lost?.subtask, (subtask) => ({
    ...subtask,
    dependsOn: subtask.dependsOn.filter((id) => id !== lost?.on),
  }));
}

/** A subtask goes to another role. */
export function misroute(draft: Draft, choose: Choose): Draft {
  const misrouted = choose(draft.subtasks, 'misrouted');
  const other = choose(
    roles.filter((role) => role !== misrouted?.role),
    'other role',
  );
  return replaceOne(draft, misrouted, (subtask) => ({ ...subtask, role: other ?? subtask.role }));
}

/** Another place is looked up, or the difference is taken for the sum. */
export function misdirect(draft: Draft, { register }: Survey, choose: Choose): Draft {
  const misdirected = choose(
    draft.subtasks.filter(({ role }) => role === 'surveyor' || role === 'calculator'),
    'misdirected',
  );
  return replaceOne(draft, misdirected, (subtask) => {
    const { role, instruction } = subtask;
    if (role === 'calculator') return { ...subtask, instruction: flip(instruction) };
    const others = [...register.keys()].filter((place) => !instruction.endsWith(`to ${place}.`));
    return { ...subtask, instruction: instruction.replace(/to \w+\.$/, `to ${choose(others, 'other place')}.`) };
  });
}

function flip(instruction: string): string {
  return instruction.startsWith('Add') ? instruction.replace('Add', 'Subtract') : instruction.replace('Subtract', 'Add');
}

/** A distance is taken to be in the other unit. `as`: how the plan says so beside its instruction. */
export function misjudge(draft: Draft, as: 'object' | 'sentence' | 'nothing', choose: Choose): Draft {
  const misjudged = choose(
    draft.subtasks.filter(({ role }) => role === 'converter'),
    'misjudged',
  );
  return replaceOne(draft, misjudged, ({ id, role, instruction, dependsOn }) => {
    const [, label = '', right = 'km'] = /^Convert (d\d+) from (km|mi)/.exec(instruction) ?? [];
    const wrong = right === 'km' ? 'mi' : 'km';
    const changed = { id, role, instruction: instruction.replace(`from ${right}`, `from ${wrong}`), dependsOn };
    if (as === 'nothing') return changed;
    const [about = ''] = dependsOn;
    const assumption = as === 'sentence' ? `${label} is in ${wrong}.` : { subtask: about, holds: { matches: ` ${wrong}$` } };
    return { ...changed, assumes: [assumption] };
  });
}

/** Two subtasks have each other's instruction; roles and dependencies stay. */
export function swap(draft: Draft, choose: Choose): Draft {
  const first = choose(
    draft.subtasks.filter(({ id }) => id !== draft.deliverable),
    'first',
  );
  const second = choose(
    draft.subtasks.filter((subtask) => subtask !== first && subtask.id !== draft.deliverable),
    'second',
  );
  if (first === undefined || second === undefined) return draft;
  return replace(
    draft,
    new Map([
      [first, { ...first, instruction: second.instruction }],
      [second, { ...second, instruction: first.instruction }],
    ]),
  );
}
