/** What a comparison's page shows beside the comparison itself. Every part but the title may be missing. */
import type { ForecastScore } from '../measure/calibration.ts';
import type { ComparisonReport } from '../measure/comparison-report.ts';
import type { ErrorAmplification, ErrorPropagation } from '../measure/error-propagation.ts';
import type { ReliabilityReport } from '../measure/reliability.ts';
import type { RunReport } from '../measure/run-report.ts';
import { mostEntries } from './bounds.ts';
import type { ArmTime } from './plots/time-on-path.ts';
import type { ArmTokens } from './plots/tokens-by-purpose.ts';

export interface ArmReliability {
  arm: string;
  report: ReliabilityReport;
  propagation?: ErrorPropagation;
}

export interface ComparisonDetails {
  title: string;
  /** The command that made the page, as it may be typed again. */
  command?: string;
  /** Path of the store that holds the runs, when it is not the default one: the commands on the page then name it. */
  store?: string;
  /** ms since the Unix epoch. Without it the page has no date. */
  createdMs?: number;
  tokensByPurpose?: ArmTokens[];
  time?: ArmTime[];
  reliability?: ArmReliability[];
  amplification?: ErrorAmplification;
  /** Of forecasts that were made before their runs and scored after them. */
  calibration?: ForecastScore;
  /** By run id: those that `listRunsToEmbed` names, as far as they are there. */
  runs: Record<string, RunReport>;
  /** Sentences about the method that a reader has to know. */
  notes: string[];
}

/** Ids of the runs behind the discordant tasks, in the order of the page, at most as many as it embeds. */
export function listRunsToEmbed({ discordant }: Pick<ComparisonReport, 'discordant'>): string[] {
  const ids = new Set<string>();
  for (const { singleRunId, teamRunId } of discordant) {
    for (const id of [singleRunId, teamRunId]) if (id !== undefined && ids.size < mostEntries.runs) ids.add(id);
  }
  return [...ids];
}
