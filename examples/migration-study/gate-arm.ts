/** The third arm: the gate chooses for each migration in turn, and learns from the held-out check of those before. */
import { explainTask, type GateExplanation, MemoryStore, PlanwrightError, runTask, seededRandom } from 'planwright';
import { simulatedAgents } from './agents.ts';
import { rightAnswer } from './marks.ts';
import type { Migration, MigrationKind } from './migrations.ts';
import { migrationTeam } from './pipeline.ts';
import { countSpending } from './spending.ts';
import type { StudyRun } from './study-run.ts';
import { virtualTime } from './virtual-time.ts';

/** Its store holds its own runs alone: of what the other arms did on the same migrations it knows nothing. */
export async function measureGate(migrations: readonly Migration[], seed: number) {
  const time = virtualTime();
  const store = new MemoryStore({ clock: time.runs });
  const surroundings = { team: migrationTeam, model: simulatedAgents({ migrations, seed, clock: time.agents }), store };
  const random = seededRandom(seed);
  const runs: StudyRun[] = [];
  for (const migration of migrations) {
    const { task, kind, id } = migration;
    const ordered = { ...surroundings, task, taskClass: kind, runId: `gate-${id}`, seed, random, clock: time.runs };
    const { deliverable, strategy, ledger } = await time.carry(runTask({ ...ordered, strategy: 'auto' }));
    const success = deliverable === rightAnswer(migration);
    const outcome = await store.getOutcome(ordered.runId);
    if (outcome === undefined) throw new PlanwrightError('internal', `The run of ${id} has left no outcome.`);
    await store.putOutcome({ ...outcome, label: { success, source: 'held-out' } });
    runs.push({
      migration,
      arm: 'gate',
      success,
      doneBy: strategy === 'single' ? 'single' : 'team',
      // Of two arms the one that is expected to be better is chosen with at least one half.
      isTry: (outcome.propensity ?? 1) < 0.5,
      spending: countSpending(ledger),
    });
  }
  const explain = (kind: MigrationKind): Promise<GateExplanation> =>
    explainTask({ ...surroundings, task: migrations[0]?.task ?? '', taskClass: kind });
  return { runs, explain };
}
