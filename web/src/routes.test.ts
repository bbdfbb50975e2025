import { expect, test } from 'vitest';
import { parseRoute, printRoute, type Route } from './routes.ts';

const routes: Route[] = [
  { page: 'runs' },
  { page: 'new-run' },
  { page: 'run', runId: '20261126-021851-abc123', view: 'graph' },
  { page: 'run', runId: 'a/b?c#d', view: 'timeline', subtask: 'release/ship it?' },
  { page: 'comparisons' },
  { page: 'comparison', comparisonId: 'c 1' },
];

test.each(routes)('an address says its page: %o', (route) => {
  expect(parseRoute(printRoute(route))).toEqual(route);
});

test('what is no address of ours is unknown, a broken one is taken as it stands', () => {
  expect(parseRoute('#/elsewhere')).toEqual({ page: 'unknown' });
  expect(parseRoute('#/runs/%E0%A4%A')).toEqual({ page: 'run', runId: '%E0%A4%A', view: 'graph' });
  expect(parseRoute('#/runs/a?view=nonsense')).toEqual({ page: 'run', runId: 'a', view: 'graph' });
});
