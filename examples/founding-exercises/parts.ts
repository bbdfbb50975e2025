/** The parts by name, in the order in which they are told. */
import type { Exercise } from './sheet.ts';
import { exerciseBottleneck } from './tell-bottleneck.ts';
import { exerciseChain } from './tell-chain.ts';
import { exerciseHierarchy } from './tell-hierarchy.ts';
import { exerciseSwarm } from './tell-swarm.ts';
import { exerciseWrongPlans } from './tell-wrong-plans.ts';

export const parts = {
  chain: exerciseChain,
  hierarchy: exerciseHierarchy,
  bottleneck: exerciseBottleneck,
  'wrong-plans': exerciseWrongPlans,
  swarm: exerciseSwarm,
} as const satisfies Record<string, (seed: number) => Promise<Exercise>>;
export type PartName = keyof typeof parts;

export const partNames = Object.keys(parts) as PartName[];
export const defaultSeed = 1;

/** @param onPart Told of each part when it is done, in order. */
export async function runParts(
  names: readonly PartName[],
  seed: number,
  onPart: (name: PartName, exercise: Exercise) => void = () => {},
): Promise<Partial<Record<PartName, Exercise>>> {
  const done: Partial<Record<PartName, Exercise>> = {};
  for (const name of names) {
    const exercise = await parts[name](seed);
    done[name] = exercise;
    onPart(name, exercise);
  }
  return done;
}
