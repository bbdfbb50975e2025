/**
 * Keeps with a run what was expected of its plan, as soon as the plan stands and before its results are known: scored
 * against what came of it later (measure/calibration.ts). Nothing that happens in the run depends on it.
 */
import type { JournalEntry, RunEvent } from '../events.ts';
import { buildForecastBasis, estimateRoles } from '../measure/build-forecast-basis.ts';
import { forecastPlan } from '../plan/forecast.ts';
import type { Plan, Subtask } from '../plan/plan.ts';
import type { Team } from '../team/team.ts';
import type { Store } from './store.ts';

export interface ForecastKeeper {
  /** Looks at entries of the run in their order, journaled ones first; the first plan that stands is forecast. */
  see(entries: readonly JournalEntry[]): void;
  /** Resolves when the forecast is stored, if there was one to store. */
  settled(): Promise<void>;
}

/** The newest outcomes that roles are judged by. */
const outcomesRead = 500;

export function createForecastKeeper(store: Store, runId: string, { task, team }: { task: string; team: Team }): ForecastKeeper {
  const proposed = new Map<string, Subtask>();
  let keeping: Promise<void> | null = null;

  const keep = async (plan: Plan, planned: boolean): Promise<void> => {
    const outcomes = await store.listOutcomes({ team: team.name, limit: outcomesRead });
    const basis = buildForecastBasis({ team, planned, roles: estimateRoles(outcomes) });
    await store.updateRun(runId, { forecast: forecastPlan(plan, basis) });
  };
  const see = (event: RunEvent): void => {
    if (event.type === 'subtask-proposed') proposed.set(event.subtask.id, event.subtask);
    else if (event.type === 'plan-refused') proposed.clear();
    else {
      const stood = planOf(event, task, team.generalist.name, [...proposed.values()]);
      if (stood === null || keeping !== null) return;
      keeping = keep(stood.plan, stood.planned);
      // Whoever waits for it hears of a failure; before that nobody listens.
      keeping.catch(() => {});
    }
  };
  return {
    see: (entries) => {
      for (const { event } of entries) if (keeping === null) see(event);
    },
    settled: async () => {
      await keeping;
    },
  };
}

/** The plan that stands with this event. `planned`: a planner made it, and may revise it. */
function planOf(event: RunEvent, task: string, generalist: string, proposed: Subtask[]): { plan: Plan; planned: boolean } | null {
  const alone: Plan = { version: 1, task, subtasks: [{ id: '@task', role: generalist, instruction: task, dependsOn: [] }] };
  switch (event.type) {
    case 'run-started': {
      const { plan, strategy } = event.settings;
      if (plan !== undefined) return { plan: { version: 1, task, ...plan }, planned: false };
      return strategy === 'single' || strategy === 'cascade' ? { plan: alone, planned: false } : null;
    }
    case 'gate-decided':
      return event.decision.strategy === 'team' ? null : { plan: alone, planned: false };
    case 'plan-approved':
      // An edited plan is what is expected of the run from then on.
      return event.plan === undefined ? null : { plan: { version: 1, task, ...event.plan }, planned: false };
    case 'plan-accepted': {
      const { subtasks = proposed, deliverable } = event;
      const named = deliverable === undefined ? {} : { deliverable };
      return { plan: { version: 1, task, ...named, subtasks }, planned: true };
    }
    default:
      return null;
  }
}
