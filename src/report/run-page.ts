/** run.html: one run as one self-contained page, which needs no server and no script. */
import { mostCharacters } from './bounds.ts';
import { cutText } from './html.ts';
import { type PageSection, renderPage } from './page.ts';
import { type RenderedSection, renderSections } from './rendered-section.ts';
import type { RunPageDetails } from './run-details.ts';
import { indexAnchors, listTold } from './run-sections/anchors.ts';
import { writeLedger } from './run-sections/ledger.ts';
import { writePlan } from './run-sections/plan.ts';
import { writeSubtasks } from './run-sections/subtasks.ts';
import { writeSummary } from './run-sections/summary.ts';
import { writeTimeline } from './run-sections/time.ts';

/** In the order of the page. */
export const runSectionIds = ['summary', 'plan', 'time', 'ledger', 'subtasks'] as const;
export type RunSectionId = (typeof runSectionIds)[number];

/**
 * A whole HTML document without script, image or address from elsewhere. Up to 500 subtasks are drawn; a larger plan is summarized.
 * Texts are cut where `bounds.ts` says, and the page says so. The same data give the same bytes.
 */
export async function renderRunPage(details: RunPageDetails): Promise<string> {
  const { report, createdMs } = details;
  return renderPage({
    title: `Run ${cutText(report.runId, mostCharacters.runId)}`,
    kind: 'Run',
    ...(createdMs === undefined ? {} : { createdMs }),
    sections: await writeRunSections(details, runSectionIds),
  });
}

/** The page's sections by themselves, in its order; without those that have nothing to show. */
export async function renderRunSections(details: RunPageDetails, only: readonly RunSectionId[]): Promise<RenderedSection[]> {
  return renderSections(await writeRunSections(details, only));
}

async function writeRunSections(details: RunPageDetails, only: readonly RunSectionId[]): Promise<PageSection[]> {
  const { runs } = details;
  const { section, told } = writeSubtasks(listTold(runs), runs);
  const writers: Record<RunSectionId, () => Promise<PageSection | null> | PageSection | null> = {
    summary: () => writeSummary(details),
    plan: () => writePlan(runs, indexAnchors(told)),
    time: () => writeTimeline(details),
    ledger: () => writeLedger(details),
    subtasks: () => section,
  };
  const sections: PageSection[] = [];
  for (const id of runSectionIds) {
    const written = only.includes(id) ? await writers[id]() : null;
    if (written !== null) sections.push(written);
  }
  return sections;
}
