/** The gate's port: one agent, a team, or one agent first? */
import type { ArmOutlook } from './arm-outlook.ts';

export type Strategy = 'single' | 'team' | 'cascade';

/** What can be seen of a task before anything runs. */
export interface TaskFeatures {
  task: string;
  /** Roles the task could be split among, without the generalist. */
  roles: string[];
  /** Size of the given files in tokens (characters ÷ 4), 0 without files. */
  materialTokens: number;
  /** What one prompt may hold. */
  contextTokens: number;
  /** The team's name. */
  team: string;
  /** Whether the team checks its deliverable: a cascade goes on to the team by these checks alone. */
  checksDeliverable: boolean;
}

/** What the gate looks at; journaled with its decision, so that a replay decides alike. */
export interface GateInput extends TaskFeatures {
  taskClass: string;
}

export interface GateDecision {
  strategy: Strategy;
  /** One sentence each, most decisive first. */
  reasons: string[];
  input: GateInput;
  /** How likely this strategy was to be chosen. Absent: 1, the gate had no choice to make by chance. */
  propensity?: number;
  /** Chosen to learn, against what the evidence says so far. */
  explored?: boolean;
  /** What the choice was between, best first, when there was evidence. */
  arms?: ArmOutlook[];
}

export interface Gate {
  decide(input: GateInput): Promise<GateDecision>;
}
