/** report.html: a comparison as one self-contained page. */
import type { ComparisonReport } from '../measure/comparison-report.ts';
import { mostCharacters } from './bounds.ts';
import type { ComparisonDetails } from './comparison-details.ts';
import { cutText } from './html.ts';
import { type PageSection, renderPage } from './page.ts';
import { type RenderedSection, renderSections } from './rendered-section.ts';
import { writeCalibration } from './sections/calibration.ts';
import { writeCost } from './sections/cost.ts';
import { writeDiscordant } from './sections/discordant.ts';
import { writeMethod } from './sections/method.ts';
import { writeReliability } from './sections/reliability.ts';
import { embedRuns } from './sections/runs.ts';
import { writeSuccess } from './sections/success.ts';
import { writeTime } from './sections/time.ts';
import { writeTokens } from './sections/tokens.ts';
import { writeVerdict } from './sections/verdict.ts';

/**
 * A whole HTML document without script, image or address from elsewhere; below 2 MB whatever it is made of. The same data
 * give the same bytes.
 */
export async function renderComparisonPage(report: ComparisonReport, details: ComparisonDetails): Promise<string> {
  return renderPage({
    title: cutText(details.title, mostCharacters.title),
    kind: 'Comparison',
    ...(details.createdMs === undefined ? {} : { createdMs: details.createdMs }),
    sections: await writeComparisonSections(report, details),
  });
}

/** The page's sections by themselves, in its order; without those that have nothing to show. */
export async function renderComparisonSections(report: ComparisonReport, details: ComparisonDetails): Promise<RenderedSection[]> {
  return renderSections(await writeComparisonSections(report, details));
}

async function writeComparisonSections(report: ComparisonReport, details: ComparisonDetails): Promise<PageSection[]> {
  const { section: runs, anchors } = embedRuns(report, details);
  const sections = [
    writeVerdict(report),
    await writeSuccess(report),
    await writeCost(report),
    await writeTokens(report, details),
    await writeTime(report, details),
    await writeReliability(details),
    await writeCalibration(details),
    writeDiscordant(report, anchors),
    writeMethod(report, details),
    runs,
  ];
  return sections.filter((section) => section !== null);
}
