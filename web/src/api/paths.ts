/** The addresses of the server's interface (its OpenAPI document lists them all). */
const run = (runId: string) => `api/runs/${encodeURIComponent(runId)}`;

export const paths = {
  server: 'api/server',
  session: 'api/session',
  runs: (facts: { search?: string; status?: string; before?: string | null }) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(facts)) if (typeof value === 'string' && value !== '') query.set(name, value);
    return query.size === 0 ? 'api/runs' : `api/runs?${query}`;
  },
  startRun: 'api/runs',
  run,
  runEvents: (runId: string) => `${run(runId)}/events`,
  runCalls: (runId: string) => `${run(runId)}/calls`,
  runAction: (runId: string, action: 'cancel' | 'resume' | 'approve' | 'fork') => `${run(runId)}/${action}`,
  runPage: (runId: string) => `${run(runId)}/page`,
  runSections: (runId: string, only: readonly string[]) =>
    `${run(runId)}/sections?${new URLSearchParams(only.map((id) => ['only', id]))}`,
  subtask: (runId: string, ids: readonly string[]) =>
    `${run(runId)}/subtasks?${new URLSearchParams(ids.map((id) => ['path', id]))}`,
  difference: (one: string, other: string) => `${run(one)}/diff/${encodeURIComponent(other)}`,
  comparisons: 'api/comparisons',
  comparison: (id: string) => `api/comparisons/${encodeURIComponent(id)}`,
  comparisonSections: (id: string) => `api/comparisons/${encodeURIComponent(id)}/sections`,
  cancelComparison: (id: string) => `api/comparisons/${encodeURIComponent(id)}/cancel`,
  comparisonReport: (id: string) => `api/comparisons/${encodeURIComponent(id)}/report`,
};
