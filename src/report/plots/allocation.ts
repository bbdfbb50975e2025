/** What ways of giving out work come to: how long it takes, who does it, what is said about it. */
import type { AllocationSimulation } from '../../measure/simulate-allocation.ts';
import { mostCharacters } from '../bounds.ts';
import { cutText } from '../html.ts';
import { formatPlain, formatSeconds } from '../numbers.ts';
import type { PlotSize } from './plot-size.ts';
import { drawStacks } from './stacks.ts';

/** A bar a strategy, to the median and on to the 90th percentile. @returns an SVG element. */
export async function plotAllocatedMakespan(simulations: readonly AllocationSimulation[], size: PlotSize = {}): Promise<string> {
  const rows = simulations.map(({ strategy, makespanMs: { p50, p90 } }) => ({
    label: strategy,
    amounts: [p50 / 1000, (p90 - p50) / 1000],
  }));
  const parts = [
    { name: 'median', place: 0 },
    { name: 'to the 90th percentile', place: 5 },
  ];
  return drawStacks({ rows, parts, axisLabel: 'Makespan, seconds', format: formatSeconds, formatTick: formatPlain }, size);
}

/** More roles than this are drawn as one. */
const rolesDrawn = 7;

/** A bar a strategy, cut by role. */
export async function plotWorkByRole(simulations: readonly AllocationSimulation[], size: PlotSize = {}): Promise<string> {
  const names = [...new Set(simulations.flatMap(({ roles }) => Object.keys(roles)))];
  const drawn = names.slice(0, names.length > rolesDrawn + 1 ? rolesDrawn : names.length);
  const others = names.slice(drawn.length);
  const rows = simulations.map((simulation) => ({
    label: simulation.strategy,
    amounts: [
      ...drawn.map((name) => secondsOf(simulation, name)),
      others.reduce((sum, name) => sum + secondsOf(simulation, name), 0),
    ],
  }));
  const parts = [...drawn, `${others.length} others`].map((name, place) => ({
    name: cutText(name, mostCharacters.name),
    place,
  }));
  return drawStacks({ rows, parts, axisLabel: 'Seconds of work, by role', format: formatSeconds, formatTick: formatPlain }, size);
}

function secondsOf({ roles }: AllocationSimulation, name: string): number {
  return (roles[name]?.busyMs ?? 0) / 1000;
}

export const messageKinds = ['order', 'claim', 'cfp', 'propose', 'refuse', 'accept', 'reject', 'report'] as const;

/** A bar a strategy, cut by what the messages say. */
export async function plotMessages(simulations: readonly AllocationSimulation[], size: PlotSize = {}): Promise<string> {
  const rows = simulations.map(({ strategy, messages }) => ({
    label: strategy,
    amounts: messageKinds.map((kind) => messages[kind] ?? 0),
  }));
  const parts = messageKinds.map((name, place) => ({ name, place }));
  return drawStacks({ rows, parts, axisLabel: 'Messages a run', format: formatPlain }, size);
}
