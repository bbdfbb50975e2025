/** Second half of a check: ids, dependencies and cycles. Linear in elements and dependencies; their order means nothing. */
import { ClosestId } from './closest-id.ts';
import { findCycles } from './cycles.ts';
import { buildGraph, type Graph } from './dag.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';
import { listNames, quoteText } from './quote-value.ts';
import type { DraftElement } from './read-draft.ts';

/** Ids that elements may depend on although no element defines them, and why others may not be used. */
export interface GraphSurroundings {
  fixedIds?: ReadonlySet<string>;
  /** Not to be defined again. */
  usedIds?: ReadonlySet<string>;
}

export interface DraftGraph {
  /** Nodes are positions in the list of elements; edges that could not be resolved are left out. */
  graph: Graph;
  positions: ReadonlyMap<string, number>;
}

/** Names in a cycle that a message shows before it leaves some out. */
const shownInCycle = 12;

export function checkGraph(elements: readonly DraftElement[], problems: ProblemList, around: GraphSurroundings = {}): DraftGraph {
  const positions = checkIds(elements, problems, around);
  const graph = buildGraph(resolveDependencies(elements, positions, problems, around));
  for (const cycle of findCycles(graph)) addCycle(elements, cycle, problems);
  return { graph, positions };
}

/** `above`: where a single element stands; default: `subtasks.N`. */
export function checkRoles(
  elements: readonly DraftElement[],
  roles: readonly string[],
  problems: ProblemList,
  above?: DocumentPath,
): void {
  const known = new Set(roles);
  for (const { role, id, index } of elements) {
    if (role === undefined || known.has(role)) continue;
    problems.add('unknown-role', () => ({
      message: `Role ${quoteText(role)} is not in the team. Known roles: ${listNames(roles)}.`,
      subtaskId: id,
      path: [...(above ?? ['subtasks', index]), 'role'],
    }));
  }
}

function checkIds(elements: readonly DraftElement[], problems: ProblemList, around: GraphSurroundings): Map<string, number> {
  const positions = new Map<string, number>();
  for (const [position, { id, index }] of elements.entries()) {
    if (id === undefined) continue;
    const first = positions.get(id);
    if (first !== undefined) {
      problems.add('duplicate-id', () => ({
        message: `Id ${quoteText(id)} is used twice: subtasks.${elements[first]?.index} has it already. Choose another.`,
        subtaskId: id,
        path: ['subtasks', index, 'id'],
      }));
      continue;
    }
    positions.set(id, position);
    if (around.usedIds?.has(id) || around.fixedIds?.has(id)) {
      problems.add('duplicate-id', () => ({
        message: `Id ${quoteText(id)} was used in this run already, and ids are never reused. Choose another.`,
        subtaskId: id,
        path: ['subtasks', index, 'id'],
      }));
    }
  }
  return positions;
}

function resolveDependencies(
  elements: readonly DraftElement[],
  positions: ReadonlyMap<string, number>,
  problems: ProblemList,
  around: GraphSurroundings,
): number[][] {
  const closest = new ClosestId([...positions.keys(), ...(around.fixedIds ?? [])]);
  const addUnknown = (element: DraftElement, target: string, verb: string, path: DocumentPath): void => {
    problems.add('unknown-dependency', () => ({
      message: `${nameOf(element)} ${verb} ${quoteText(target)}, ${explainMissing(target, closest, around)}`,
      subtaskId: element.id,
      path,
    }));
  };
  return elements.map((element) => {
    const resolved: number[] = [];
    for (const target of element.dependsOn) {
      const position = positions.get(target);
      if (target === element.id) addSelfDependency(element, problems);
      else if (position !== undefined) resolved.push(position);
      else if (!around.fixedIds?.has(target)) addUnknown(element, target, 'depends on', dependencyPath(element, target));
    }
    for (const [at, assumption] of (element.subtask?.assumes ?? []).entries()) {
      if (typeof assumption === 'string' || positions.has(assumption.subtask) || around.fixedIds?.has(assumption.subtask))
        continue;
      addUnknown(element, assumption.subtask, 'assumes something of', ['subtasks', element.index, 'assumes', at, 'subtask']);
    }
    return resolved;
  });
}

function explainMissing(target: string, closest: ClosestId, around: GraphSurroundings): string {
  if (around.usedIds?.has(target)) return 'which is no longer part of the plan. Depend on finished or new subtasks only.';
  const suggestion = closest.find(target);
  return `which is not in the plan.${suggestion === undefined ? '' : ` Did you mean ${quoteText(suggestion)}?`}`;
}

function addSelfDependency(element: DraftElement, problems: ProblemList): void {
  problems.add('self-dependency', () => ({
    message: `${nameOf(element)} depends on itself. Remove that dependency.`,
    subtaskId: element.id,
    path: dependencyPath(element, element.id ?? ''),
  }));
}

/** Names the cycle, and the dependency that closes it. */
function addCycle(elements: readonly DraftElement[], cycle: readonly number[], problems: ProblemList): void {
  problems.add('cycle', () => {
    const names = cycle.map((position) => elements[position]?.id ?? '');
    const [first = ''] = names;
    const element = elements[cycle[0] ?? 0];
    return {
      message: `Plan has a cycle: ${abbreviate(names)} → ${printId(first)}. Remove one dependency.`,
      subtaskId: first,
      path: element === undefined ? undefined : dependencyPath(element, names.at(-1) ?? ''),
    };
  });
}

function abbreviate(names: readonly string[]): string {
  if (names.length <= shownInCycle) return names.map(printId).join(' → ');
  const head = names.slice(0, shownInCycle - 2).map(printId);
  return [...head, `(${names.length - shownInCycle + 1} more)`, printId(names.at(-1) ?? '')].join(' → ');
}

/** Plain where that is unambiguous, quoted otherwise. */
function printId(id: string): string {
  return /^[\w.:-]{1,60}$/.test(id) ? id : quoteText(id);
}

function dependencyPath(element: DraftElement, target: string): DocumentPath {
  return ['subtasks', element.index, 'dependsOn', element.dependsOnAsWritten.indexOf(target)];
}

function nameOf(element: DraftElement): string {
  return element.id === undefined ? `Subtask ${element.index}` : `Subtask ${quoteText(element.id)}`;
}
