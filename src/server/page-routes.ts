/** Runs and comparisons as pages without scripts, and the sections of these pages by themselves, which the app shows. */
import { Hono } from 'hono';
import {
  type ComparisonDetails,
  collectDetails,
  collectRunDetails,
  type JudgedComparison,
  renderComparisonPage,
  renderComparisonSections,
  renderRunPage,
  renderRunSections,
  runSectionIds,
} from '../index.ts';
import { reportPolicy } from './access.ts';
import { type ApiContext, reply } from './api-context.ts';
import { queryOf } from './json-body.ts';
import { judge } from './judge.ts';
import {
  getComparisonPageOperation,
  getComparisonSectionsOperation,
  getRunPageOperation,
  getRunSectionsOperation,
} from './operations.ts';

const headers = { 'content-security-policy': reportPolicy };
/** Sections that show no text of a model or a tool. */
const figureSections: readonly string[] = ['time', 'ledger'];

export function pageRoutes(context: ApiContext) {
  const { store } = context;
  return new Hono()
    .get(getRunPageOperation.path, async (c) => {
      const details = await collectRunDetails(store, c.req.param('runId'));
      return c.html(await renderRunPage(details), 200, headers);
    })
    .get(getRunSectionsOperation.path, queryOf(getRunSectionsOperation.query), async (c) => {
      const { only = runSectionIds } = c.req.valid('query');
      const texts = only.some((id) => !figureSections.includes(id));
      const details = await collectRunDetails(store, c.req.param('runId'), { texts });
      return reply(c, { sections: await renderRunSections(details, only) }, 200);
    })
    .get(getComparisonPageOperation.path, queryOf(getComparisonPageOperation.query), async (c) => {
      const comparison = await judge(context, c.req.param('comparisonId'), c.req.valid('query'));
      return c.html(await renderComparisonPage(comparison.report, await detailsOf(context, comparison)), 200, headers);
    })
    .get(getComparisonSectionsOperation.path, queryOf(getComparisonSectionsOperation.query), async (c) => {
      const comparison = await judge(context, c.req.param('comparisonId'), c.req.valid('query'));
      const sections = await renderComparisonSections(comparison.report, await detailsOf(context, comparison));
      return reply(c, { sections }, 200);
    });
}

function detailsOf({ store }: ApiContext, comparison: JudgedComparison): Promise<ComparisonDetails> {
  const { comparisonId, report, runs, lastEndedMs } = comparison;
  const notes = ['The verdict is over the pairs that have ended so far, from what the store keeps of them.'];
  const page = { title: `Comparison ${comparisonId}`, createdMs: lastEndedMs };
  return collectDetails(store, { report, notes, runs }, page);
}
