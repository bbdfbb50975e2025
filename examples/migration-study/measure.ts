/** The three arms on the same migrations, through the real engine. */
import { type ComparisonTask, compareTeams, type GateExplanation, MemoryStore, reportRun } from 'planwright';
import { simulatedAgents } from './agents.ts';
import { type AuditedStep, auditRun } from './audit.ts';
import { measureGate } from './gate-arm.ts';
import { rightAnswer } from './marks.ts';
import { drawMigrations, kinds, type Migration, type MigrationKind } from './migrations.ts';
import { migrationTeam } from './pipeline.ts';
import { countSpending } from './spending.ts';
import type { StudyArm, StudyRun } from './study-run.ts';
import { virtualTime } from './virtual-time.ts';

export interface Study {
  tasks: number;
  seed: number;
  /** By arm, each in the order of the migrations. */
  runs: Record<StudyArm, StudyRun[]>;
  /** audits[i]: every step of the pipeline's run i, from outside. */
  audits: AuditedStep[][];
  /** Runs of the pipeline that any check of their own has judged. */
  judgedByItself: number;
  /** What the gate knows at the end. */
  gate: Record<MigrationKind, GateExplanation>;
}

/** @param tasks A multiple of 10: both halves then hold the exact mix. */
export async function measureStudy({ tasks, seed }: { tasks: number; seed: number }): Promise<Study> {
  const migrations = drawMigrations(tasks, seed);
  const pairs = await measurePairs(migrations, seed);
  const { runs, explain } = await measureGate(migrations, seed);
  const [small, large] = kinds;
  return {
    tasks,
    seed,
    ...pairs,
    runs: { ...pairs.runs, gate: runs },
    gate: { small: await explain(small), large: await explain(large) },
  };
}

/** Always the pipeline, and always one agent, by the library's own comparison of a number of tasks fixed beforehand. */
async function measurePairs(migrations: readonly Migration[], seed: number) {
  const time = virtualTime();
  const store = new MemoryStore({ clock: time.runs });
  const { rows } = await time.carry(
    compareTeams({
      tasks: migrations.map(toTask),
      team: migrationTeam,
      model: simulatedAgents({ migrations, seed, clock: time.agents }),
      store,
      clock: time.runs,
      seed,
      fixedN: true,
    }),
  );
  const runIds = new Map(rows.map(({ task, arm, runId, success }) => [`${task}/${arm}`, { runId: runId ?? '', success }]));
  const runs: Record<'team' | 'single', StudyRun[]> = { team: [], single: [] };
  const audits: AuditedStep[][] = [];
  let judgedByItself = 0;
  for (const migration of migrations) {
    for (const arm of ['team', 'single'] as const) {
      const { runId = '', success = false } = runIds.get(`${migration.id}/${arm}`) ?? {};
      const report = await reportRun(store, runId);
      runs[arm].push({ migration, arm, success, doneBy: arm, isTry: false, spending: countSpending(report.ledger) });
      if (arm === 'single') continue;
      audits.push(auditRun(migration, report));
      if ((await store.getOutcome(runId))?.ownVerdict !== 'none') judgedByItself += 1;
    }
  }
  return { runs, audits, judgedByItself };
}

function toTask(migration: Migration): ComparisonTask {
  const check = { kind: 'exact', value: rightAnswer(migration), trim: true, ignoreCase: false } as const;
  return { id: migration.id, task: migration.task, class: migration.kind, check: [check], accept: [] };
}
