/**
 * Fusing: steps of one role that follow each other become one step, because a handoff between two agents of the same kind
 * buys nothing. Two passes: the chains inside a plan, and a plan that is one chain as a whole (collapse to one agent).
 *
 * A step that gives up its own result must not be needed for itself: it has no checks, nothing is assumed of its result, and
 * it is not what is handed over. The fused subtask keeps the last one's id, so that nothing behind it changes.
 */
import { collapsesToOne } from '../collapse.ts';
import { orderNodes } from '../dag.ts';
import type { AttemptEstimate } from '../forecast-basis.ts';
import type { Estimate, Plan, Subtask } from '../plan.ts';
import { buildSubtaskGraph } from '../shape.ts';
import { changeSubtasks, type PlanChange } from './change.ts';

/** What fusing has to know of one attempt at a subtask. */
export type PartEstimate = Pick<AttemptEstimate, 'p' | 'durationMs' | 'tokens'>;

export interface FuseOptions {
  started: ReadonlySet<string>;
  estimate: (subtask: Subtask) => PartEstimate;
  /**
   * `weaker`: the fused step is as reliable as the weaker of its parts, because p was observed by attempts, whatever the
   * size of what was asked. `product`: as reliable as its parts in a row, so that fusing wins calls and no success.
   */
  fusedP: 'weaker' | 'product';
}

/** A fused instruction has so many characters at most, as a role's instructions have: a longer chain is fused in pieces. */
const maxInstruction = 100_000;

/** Chains of at least two, each from first to last, in the plan's order of their first subtask. */
export function findChains(plan: Plan, { started }: Pick<FuseOptions, 'started'>): Subtask[][] {
  const graph = buildSubtaskGraph(plan.subtasks);
  const assumed = new Set(namedByAssumptions(plan));
  const follower = (node: number): number | undefined => {
    const subtask = plan.subtasks[node];
    const [next, ...others] = graph.dependents[node] ?? [];
    const after = next === undefined ? undefined : plan.subtasks[next];
    if (subtask === undefined || next === undefined || after === undefined || others.length > 0) return undefined;
    if (subtask.role !== after.role || after.dependsOn.length !== 1 || started.has(after.id)) return undefined;
    const isNeeded = hasChecks(subtask) || assumed.has(subtask.id) || subtask.id === plan.deliverable || started.has(subtask.id);
    return isNeeded || hasSentences(after) ? undefined : next;
  };
  const followers = plan.subtasks.map((_, node) => follower(node));
  const follows = new Set(followers);
  const chains: Subtask[][] = [];
  for (const node of followers.keys()) {
    if (follows.has(node)) continue;
    const chain: Subtask[] = [];
    let length = 0;
    for (let at: number | undefined = node; at !== undefined; at = followers[at]) {
      const subtask = plan.subtasks[at];
      if (subtask === undefined) break;
      length += subtask.instruction.length + subtask.id.length;
      if (length > maxInstruction) {
        if (chain.length > 1) chains.push([...chain]);
        chain.length = 0;
        length = subtask.instruction.length + subtask.id.length;
      }
      chain.push(subtask);
    }
    if (chain.length > 1) chains.push(chain);
  }
  return chains;
}

/** The whole plan from first to last when it collapses to one agent and nothing has started; null otherwise. */
export function findCollapse(plan: Plan, { started }: Pick<FuseOptions, 'started'>): Subtask[] | null {
  if (plan.subtasks.length < 2 || started.size > 0 || !collapsesToOne(plan)) return null;
  const ordered = orderNodes(buildSubtaskGraph(plan.subtasks)).flatMap((node) => plan.subtasks[node] ?? []);
  const last = ordered.at(-1);
  const length = ordered.reduce((sum, { instruction, id }) => sum + instruction.length + id.length, 0);
  if (length > maxInstruction || (plan.deliverable !== undefined && plan.deliverable !== last?.id)) return null;
  if (ordered.some((subtask) => subtask !== last && hasChecks(subtask))) return null;
  if (namedByAssumptions(plan).length > 0 || ordered.some((subtask) => subtask.dependsOn.length > 0 && hasSentences(subtask)))
    return null;
  return ordered;
}

/** `parts`: at least two, from first to last; the context of the first is the context of all. */
export function fuse(plan: Plan, parts: readonly Subtask[], options: FuseOptions): PlanChange {
  const gone = new Set(parts.map(({ id }) => id));
  const last = parts.at(-1)?.id;
  const fused = fuseParts(parts, options);
  return changeSubtasks(plan, ({ id }) => {
    if (!gone.has(id)) return undefined;
    return id === last ? [fused] : [];
  });
}

function fuseParts(parts: readonly Subtask[], options: FuseOptions): Subtask {
  const [first] = parts;
  const last = parts.at(-1);
  const assumes = parts.flatMap((part) => part.assumes ?? []);
  const estimate = fuseEstimates(parts, options);
  return {
    id: last?.id ?? '',
    role: first?.role ?? '',
    instruction: fuseInstructions(parts),
    dependsOn: [...(first?.dependsOn ?? [])],
    ...(last?.accept === undefined ? {} : { accept: last.accept }),
    ...(assumes.length === 0 ? {} : { assumes }),
    ...(estimate === undefined ? {} : { estimate }),
  };
}

/** Ids stay beside their steps, because later steps may name them. */
function fuseInstructions(parts: readonly Subtask[]): string {
  const steps = parts.map(({ id, instruction }, at) => `Step ${at + 1} (${id}): ${instruction}`);
  return ['Do these steps one after another and answer with the result of the last one.', ...steps].join('\n');
}

/** Work adds up. Only what the role's own figures would not say of one attempt is written down. */
function fuseEstimates(parts: readonly Subtask[], { estimate, fusedP }: FuseOptions): Estimate | undefined {
  const known = parts.map(estimate);
  const fused: Estimate = {};
  const ps = known.map(({ p }) => p);
  const p = fusedP === 'weaker' ? Math.min(...ps) : ps.reduce((product, each) => product * each, 1);
  if (fusedP === 'product' || parts.some((part) => part.estimate?.p !== undefined)) fused.p = p;
  const durationMs = addUp(known.map((part) => part.durationMs));
  const tokens = addUp(known.map((part) => part.tokens));
  if (durationMs !== null) fused.durationMs = durationMs;
  if (tokens !== null) fused.tokens = tokens;
  return Object.keys(fused).length === 0 ? undefined : fused;
}

/** null when any is unknown. */
function addUp(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}

function hasChecks({ accept }: Subtask): boolean {
  return accept !== undefined && accept.length > 0;
}

/** A sentence is about the results of all that the subtask depends on. */
export function hasSentences({ assumes }: Subtask): boolean {
  return assumes?.some((assumption) => typeof assumption === 'string') ?? false;
}

/** Ids of subtasks whose results are assumed something of. */
export function namedByAssumptions({ subtasks }: Plan): string[] {
  return subtasks.flatMap(({ assumes }) =>
    (assumes ?? []).flatMap((assumption) => (typeof assumption === 'string' ? [] : [assumption.subtask])),
  );
}
