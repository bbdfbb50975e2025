/**
 * 2.5: what another agent gave is lost, by where its words go.
 *
 * 1. In a plan, a result that nothing needs any more, or whose names and figures no result of those that were given it holds.
 * 2. In a dialogue, a report whose new words and figures no other agent takes up, though they go on to an end.
 * 3. A statement with a figure, and another agent's same statement with another figure that comes from nowhere.
 * 4. A name in code or in a call of which another agent had warned.
 * 5. Work handed in again as it was, or released, after another agent had asked for a change.
 * 6. A figure that another agent had corrected, or work gone on with until the other one complains.
 */
import type { Finding } from '../finding.ts';
import { listActors, type Trace } from '../trace.ts';
import { findContradictedFigures } from './contradicted-figures.ts';
import { findUnchangedWork, findWarnedAgainst } from './unheeded-advice.ts';
import { findCorrectedFigures, findNeglected, findReleasedUnchanged } from './unheeded-corrections.ts';
import { findUnusedReports, findUnusedResults } from './unused-results.ts';

export function detectIgnoredInput(trace: Trace): Finding[] {
  if (trace.work !== null) return findUnusedResults(trace);
  if (listActors(trace).length < 2) return [];
  const plain = [
    ...findUnchangedWork(trace),
    ...findReleasedUnchanged(trace),
    ...findCorrectedFigures(trace),
    ...findNeglected(trace),
    ...findContradictedFigures(trace),
    ...findWarnedAgainst(trace),
  ];
  // Less sure, so only where nothing else is seen.
  return plain.length > 0 ? plain : findUnusedReports(trace);
}
