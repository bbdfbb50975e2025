/** What the runs of each arm took on average: where tokens went, and how much time lay on the critical path. */
import type { RunReport } from '../measure/run-report.ts';
import type { ArmTime } from './plots/time-on-path.ts';
import type { ArmTokens } from './plots/tokens-by-purpose.ts';
import { purposes } from './plots/tokens-by-purpose.ts';

export interface ArmRun {
  arm: string;
  report: Pick<RunReport, 'ledger'>;
}

interface ArmSums {
  runs: number;
  tokens: Map<string, number>;
  criticalMs: number;
  otherMs: number;
}

/** Arms in the order of their first run. Time off the path is the work of a run, one piece after the other, less its critical path. */
export function summarizeArms(runs: Iterable<ArmRun>): { tokensByPurpose: ArmTokens[]; time: ArmTime[] } {
  const arms = new Map<string, ArmSums>();
  for (const { arm, report } of runs) {
    const sums = arms.get(arm) ?? { runs: 0, tokens: new Map(), criticalMs: 0, otherMs: 0 };
    arms.set(arm, sums);
    const { tokensByPurpose, criticalPathMs, serialMs } = report.ledger;
    sums.runs += 1;
    sums.criticalMs += criticalPathMs;
    sums.otherMs += Math.max(0, serialMs - criticalPathMs);
    for (const { purpose } of purposes) {
      const tokens = tokensByPurpose[purpose];
      if (tokens !== undefined) sums.tokens.set(purpose, (sums.tokens.get(purpose) ?? 0) + tokens);
    }
  }
  return {
    tokensByPurpose: [...arms].map(([arm, sums]) => ({
      arm,
      tokens: Object.fromEntries([...sums.tokens].map(([purpose, tokens]) => [purpose, tokens / sums.runs])),
    })),
    time: [...arms].map(([arm, { runs: count, criticalMs, otherMs }]) => ({
      arm,
      criticalMs: criticalMs / count,
      otherMs: otherMs / count,
    })),
  };
}
