/** The gate's port: one agent, a team, or one agent first? */

export type Strategy = 'single' | 'team' | 'cascade';

/** What the gate looks at; journaled with its decision, so that a replay decides alike. */
export interface GateInput {
  task: string;
  /** Roles the task could be split among, without the generalist. */
  roles: string[];
  /** Size of the given files in tokens (characters ÷ 4), 0 without files. */
  materialTokens: number;
  /** What one prompt may hold. */
  contextTokens: number;
}

export interface GateDecision {
  strategy: Strategy;
  /** One sentence each, most decisive first. */
  reasons: string[];
  input: GateInput;
}

export interface Gate {
  decide(input: GateInput): Promise<GateDecision>;
}
