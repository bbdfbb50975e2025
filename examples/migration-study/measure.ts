/** The three arms on the same migrations, through the real engine. */
import { type ComparisonTask, compareTeams, type GateExplanation, MemoryStore, PlanwrightError, reportRun } from 'planwright';
import { simulatedAgents } from './agents.ts';
import { type AuditedStep, auditRun } from './audit.ts';
import { measureGate } from './gate-arm.ts';
import { rightAnswer } from './marks.ts';
import { drawMigrations, type Migration, type MigrationKind } from './migrations.ts';
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
  const { runs, ...pairs } = await measurePairs(migrations, seed);
  const learning = await measureGate(migrations, seed);
  const gate = { small: await learning.explain('small'), large: await learning.explain('large') };
  return { tasks, seed, ...pairs, runs: { ...runs, gate: learning.runs, split: splitRuns(runs, gate) }, gate };
}

/** The gate's last word as a rule for all migrations: the runs are those of the arm that it names, for it would be the same ones. */
function splitRuns({ single, team }: Pairs['runs'], gate: Study['gate']): StudyRun[] {
  return team.flatMap((byTeam, at) => {
    const run = gate[byTeam.migration.kind].strategy === 'single' ? single[at] : byTeam;
    return run === undefined ? [] : [{ ...run, arm: 'split' as const }];
  });
}

interface Pairs {
  runs: Record<'team' | 'single', StudyRun[]>;
  audits: AuditedStep[][];
  judgedByItself: number;
}

/** A store each: in memory, finding a run's calls takes as long as the store has calls. */
const migrationsOfBatch = 100;

async function measurePairs(migrations: readonly Migration[], seed: number): Promise<Pairs> {
  const pairs: Pairs = { runs: { team: [], single: [] }, audits: [], judgedByItself: 0 };
  for (let from = 0; from < migrations.length; from += migrationsOfBatch) {
    const { runs, audits, judgedByItself } = await measureBatch(migrations.slice(from, from + migrationsOfBatch), seed);
    pairs.runs.team.push(...runs.team);
    pairs.runs.single.push(...runs.single);
    pairs.audits.push(...audits);
    pairs.judgedByItself += judgedByItself;
  }
  return pairs;
}

/** Always the pipeline, and always one agent, by the library's own comparison of a number of tasks fixed beforehand. */
async function measureBatch(migrations: readonly Migration[], seed: number): Promise<Pairs> {
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
  const judged = new Map(rows.map(({ task, arm, runId, success }) => [`${task}/${arm}`, { runId, success }]));
  const pairs: Pairs = { runs: { team: [], single: [] }, audits: [], judgedByItself: 0 };
  for (const migration of migrations) {
    for (const arm of ['team', 'single'] as const) {
      const { runId, success } = judged.get(`${migration.id}/${arm}`) ?? {};
      if (runId === undefined || success === undefined)
        throw new PlanwrightError('internal', `${migration.id} has no ${arm} run.`);
      const report = await reportRun(store, runId);
      pairs.runs[arm].push({ migration, arm, success, doneBy: arm, isTry: false, spending: countSpending(report.ledger) });
      if (arm === 'single') continue;
      pairs.audits.push(auditRun(migration, report));
      if ((await store.getOutcome(runId))?.ownVerdict !== 'none') pairs.judgedByItself += 1;
    }
  }
  return pairs;
}

function toTask(migration: Migration): ComparisonTask {
  const check = { kind: 'exact', value: rightAnswer(migration), trim: true, ignoreCase: false } as const;
  return { id: migration.id, task: migration.task, class: migration.kind, check: [check], accept: [] };
}
