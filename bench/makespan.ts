/** How close the scheduler comes to the shortest time a plan can take, in virtual and in real time. */

import type { Perform } from '../src/engine/drive.ts';
import { MemoryStore } from '../src/engine/memory-store.ts';
import { type Respond, runVirtually } from '../src/engine/virtual-run.ts';
import { buildGraph, findHeaviestPath, levelNodes, orderNodes } from '../src/plan/dag.ts';
import type { Subtask } from '../src/plan/plan.ts';
import { createRun, drivePlan, planSettings, succeeded } from './drive-plan.ts';
import { atMost, type Figure } from './figure.ts';
import { generateLayeredPlan, type LayeredPlan, withEstimates } from './generate-dag.ts';
import { mean } from './measure.ts';

export const unlimitedSlots = 1000;
export const fewSlots = 8;
/** Plans 1 to 20. */
export const seeds: readonly number[] = Array.from({ length: 20 }, (_, at) => at + 1);

/** The critical path; with k slots the larger of the critical path and work ÷ k. */
export function lowerBoundMs(plan: LayeredPlan, slots: number): number {
  const graph = graphOf(plan);
  const path = findHeaviestPath(graph, orderNodes(graph), Float64Array.from(plan.latenciesMs));
  return Math.max(path.weight, plan.latenciesMs.reduce((sum, ms) => sum + ms, 0) / slots);
}

export interface Knowledge {
  slots: number;
  /** Whether the plan states how long its subtasks take. */
  estimates: boolean;
}

/** Makespan ÷ lower bound in virtual time. */
export function scheduleVirtually(plan: LayeredPlan, { slots, estimates }: Knowledge): number {
  const latencies = latenciesById(plan);
  const respond: Respond = (command) => {
    if (command.kind !== 'start') return null;
    return { afterMs: latencies.get(command.subtask.id) ?? 0, event: succeeded(command.subtask, command.attempt) };
  };
  const subtasks = estimates ? withEstimates(plan) : plan.subtasks;
  const { makespanMs } = runVirtually({ settings: planSettings(subtasks, { concurrency: slots }), respond });
  return makespanMs / lowerBoundMs(plan, slots);
}

export interface RealRatios {
  /** To the lower bound of the latencies that were asked of the timers. */
  asked: number;
  /** To that of the latencies that the timers gave, which come late on a busy machine: what the scheduler itself adds. */
  given: number;
}

/** The same through the real loop, with timers. */
export async function scheduleReally(plan: LayeredPlan, { slots, estimates }: Knowledge): Promise<RealRatios> {
  const latencies = latenciesById(plan);
  const givenMs = new Map<string, number>();
  const perform: Perform = (command, port) => {
    if (command.kind !== 'start') return;
    const { subtask, attempt } = command;
    const startMs = performance.now();
    setTimeout(() => {
      givenMs.set(subtask.id, performance.now() - startMs);
      port.post(succeeded(subtask, attempt));
    }, latencies.get(subtask.id) ?? 0);
  };
  const store = new MemoryStore();
  await createRun(store, 'r');
  const subtasks = estimates ? withEstimates(plan) : plan.subtasks;
  const startMs = performance.now();
  await drivePlan(subtasks, { runId: 'r', store, perform, concurrency: slots });
  const makespanMs = performance.now() - startMs;
  const given = { ...plan, latenciesMs: plan.subtasks.map(({ id }) => givenMs.get(id) ?? 0) };
  return { asked: makespanMs / lowerBoundMs(plan, slots), given: makespanMs / lowerBoundMs(given, slots) };
}

/** Makespan ÷ critical path when a level starts as the level before it has ended. */
export function scheduleByLevels(plan: LayeredPlan): number {
  const graph = graphOf(plan);
  const slowest = new Map<number, number>();
  for (const [node, level] of levelNodes(graph, orderNodes(graph)).entries()) {
    slowest.set(level, Math.max(slowest.get(level) ?? 0, plan.latenciesMs[node] ?? 0));
  }
  return [...slowest.values()].reduce((sum, ms) => sum + ms, 0) / lowerBoundMs(plan, unlimitedSlots);
}

/** Makespan ÷ lower bound when slots go to whatever became ready first. */
export function scheduleFirstInFirstOut(plan: LayeredPlan, slots: number): number {
  const { dependencies, dependents } = graphOf(plan);
  const waiting = dependencies.map((before) => before.length);
  const queue = [...waiting.keys()].filter((node) => waiting[node] === 0);
  const running: { node: number; endMs: number }[] = [];
  let nowMs = 0;
  for (;;) {
    while (running.length < slots) {
      const node = queue.shift();
      if (node === undefined) break;
      running.push({ node, endMs: nowMs + (plan.latenciesMs[node] ?? 0) });
    }
    running.sort((a, b) => b.endMs - a.endMs);
    const next = running.pop();
    if (next === undefined) return nowMs / lowerBoundMs(plan, slots);
    nowMs = next.endMs;
    for (const dependent of dependents[next.node] ?? []) {
      const left = (waiting[dependent] ?? 0) - 1;
      waiting[dependent] = left;
      if (left === 0) queue.push(dependent);
    }
  }
}

/** Means over the seeds: every figure of the issue in virtual time, and the same once in real time. */
export async function measureMakespans({ real }: { real: boolean }): Promise<Figure[]> {
  const plans = seeds.map(generateLayeredPlan);
  const virtual = (knowledge: Knowledge): number => mean(plans.map((plan) => scheduleVirtually(plan, knowledge)));
  const figures: Figure[] = [
    ratio('unlimited slots, virtual time', virtual({ slots: unlimitedSlots, estimates: false }), 1.02),
    ratio('  a barrier after each level', mean(plans.map(scheduleByLevels))),
    ratio('8 slots, no estimates, virtual time', virtual({ slots: fewSlots, estimates: false }), 1.1),
    ratio('  first in, first out', mean(plans.map((plan) => scheduleFirstInFirstOut(plan, fewSlots)))),
    ratio('8 slots, estimates, virtual time', virtual({ slots: fewSlots, estimates: true }), 1.03),
  ];
  if (!real) return figures;
  const inRealTime = async (what: string, knowledge: Knowledge, bound: number): Promise<void> => {
    const ratios: RealRatios[] = [];
    for (const plan of plans) ratios.push(await scheduleReally(plan, knowledge));
    figures.push(
      ratio(`${what}, real time`, mean(ratios.map(({ given }) => given)), bound),
      ratio('  to the latencies that were asked of the timers', mean(ratios.map(({ asked }) => asked))),
    );
  };
  await inRealTime('unlimited slots', { slots: unlimitedSlots, estimates: false }, 1.02);
  await inRealTime('8 slots, no estimates', { slots: fewSlots, estimates: false }, 1.1);
  await inRealTime('8 slots, estimates', { slots: fewSlots, estimates: true }, 1.03);
  return figures;
}

function ratio(what: string, measured: number, bound?: number): Figure {
  return { what, measured, digits: 3, unit: ' ×', ...(bound === undefined ? {} : { bound: atMost(bound) }) };
}

function graphOf({ subtasks }: LayeredPlan) {
  const indexes = new Map<string, number>(subtasks.map(({ id }, at) => [id, at]));
  return buildGraph(subtasks.map(({ dependsOn }: Subtask) => dependsOn.map((id) => indexes.get(id) ?? 0)));
}

function latenciesById({ subtasks, latenciesMs }: LayeredPlan): Map<string, number> {
  return new Map(subtasks.map(({ id }, at) => [id, latenciesMs[at] ?? 0]));
}
