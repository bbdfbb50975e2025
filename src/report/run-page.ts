/** run.html: one run as one self-contained page, which needs no server and no script. */
import { mostCharacters } from './bounds.ts';
import { cutText } from './html.ts';
import { renderPage } from './page.ts';
import type { RunPageDetails } from './run-details.ts';
import { indexAnchors, listTold } from './run-sections/anchors.ts';
import { writeLedger } from './run-sections/ledger.ts';
import { writePlan } from './run-sections/plan.ts';
import { writeSubtasks } from './run-sections/subtasks.ts';
import { writeSummary } from './run-sections/summary.ts';
import { writeTimeline } from './run-sections/time.ts';

/**
 * A whole HTML document without script, image or address from elsewhere. Up to 500 subtasks are drawn; a larger plan is summarized.
 * Texts are cut where `bounds.ts` says, and the page says so. The same data give the same bytes.
 */
export async function renderRunPage(details: RunPageDetails): Promise<string> {
  const { report, runs, createdMs } = details;
  const { section: subtasks, told } = writeSubtasks(listTold(runs), runs);
  const sections = [
    writeSummary(details),
    await writePlan(runs, indexAnchors(told)),
    await writeTimeline(details),
    await writeLedger(details),
    subtasks,
  ].filter((section) => section !== null);
  return renderPage({
    title: `Run ${cutText(report.runId, mostCharacters.runId)}`,
    kind: 'Run',
    ...(createdMs === undefined ? {} : { createdMs }),
    sections,
  });
}
