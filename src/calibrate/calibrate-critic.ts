/**
 * A critic before works whose worth is known.
 *
 * 1. Each judgement is a run of its own, of one role, with the prompt and the form of the `critic` check; the work stands in it
 *    between marks that whoever wrote it could not know.
 * 2. Neither truth, kind, id nor tests of a work are in any prompt.
 * 3. A run's id follows from what it depends on: the same calibration again makes no call.
 * 4. `table` counts what the critic said. `counted` counts what a run would: an approval that shows no tool call is no verdict.
 */
import { systemClock } from '../clock.ts';
import { type CarriedOut, carryOut } from '../compare/carry-out.ts';
import { deriveSeed } from '../compare/draw-order.ts';
import type { Lab } from '../compare/lab.ts';
import { Purse } from '../compare/purse.ts';
import { refuseTeam } from '../compare/refuse-infeasible.ts';
import { hashFolder } from '../compare/run-ids.ts';
import type { DriveRunOptions } from '../drive-options.ts';
import { openStore } from '../engine/open-store.ts';
import { modelOf } from '../engine/run-settings.ts';
import type { Store } from '../engine/store.ts';
import { PlanwrightError } from '../errors.ts';
import type { Json } from '../json.ts';
import { loadTeam } from '../team/load-team.ts';
import { isAgentSpec } from '../team/remote-agent.ts';
import type { Team } from '../team/team.ts';
import { teamToJson } from '../team/team-json.ts';
import { withoutUndefined } from '../team/without-undefined.ts';
import { criticVerdictSchema, judgeCriticVerdict, type Receipt } from '../verify/critic-verdict.ts';
import { layOutCritique } from '../verify/judge-prompts.ts';
import type { KnownWork } from './calibration-case.ts';
import { type CalibrationRecord, hashCritic, hashJson } from './calibration-record.ts';
import { type CalibrationTable, type CalibrationVerdict, tabulateVerdicts } from './calibration-table.ts';
import { isolateCritic, plainCritic } from './critic-role.ts';
import { type CalibrationStop, type Judgement, type JudgingProgress, judgeWorks, type KnownJudgement } from './judge-works.ts';

export interface CalibrateCriticOptions
  extends Pick<DriveRunOptions, 'model' | 'tools' | 'store' | 'signal' | 'clock' | 'random' | 'env'> {
  works: readonly KnownWork[];
  /** A team, the path of a team file, or a preset's name. Default: a critic of no field, with the tool `calc`, and `files` where there are some. */
  team?: Team | string;
  /** Default `critic`. */
  role?: string;
  /** Where the critic looks first, as in the `critic` check. */
  focus?: string;
  /** A folder of documents for the critic's tools. Nothing in it may say what is good. */
  files?: string;
  /** Of the order, and handed to the model. Default 1. */
  seed?: number;
  /** Judgements at once. Default 1. */
  concurrency?: number;
  /** Bounds what all judgements cost together; it needs models whose prices are known. */
  maxUsd?: number;
  /** 1 − confidence of the intervals. Default 0.05. */
  alpha?: number;
  onJudgement?: (judgement: KnownJudgement<CriticJudgement>, progress: JudgingProgress) => void;
}

export interface CriticJudgement extends Judgement {
  /** What a run would have made of it. */
  counted: CalibrationVerdict;
  runId: string;
  /** Tool calls of the critic that succeeded. */
  receipts: number;
  /** Input + output. */
  tokens: number;
  /** null when the model has no known price. */
  usd: number | null;
}

export interface CriticCalibration {
  table: CalibrationTable;
  counted: CalibrationTable;
  /** In the order of the works. */
  judgements: KnownJudgement<CriticJudgement>[];
  withoutReceipt: CalibrationRecord['withoutReceipt'];
  /** Over all judgements, stored ones too. */
  cost: { calls: number; tokens: number; usd: number | null };
  stopped: CalibrationStop;
  /** null unless every work was judged. */
  record: CalibrationRecord | null;
  critic: { team: string; role: string; model: string };
}

/**
 * A critic that fails or answers in another form gives no verdict on that work; what is wrong with works, team or model rejects before
 * anything is spent.
 * @throws {PlanwrightError} `usage` (no works, an unknown role, the model `offline`), `team-invalid`, `tool-unknown`,
 * `model-unknown`, `secret-missing`, `model-unpriced`; `run-busy` when another process runs the same calibration.
 */
export async function calibrateCritic(options: CalibrateCriticOptions): Promise<CriticCalibration> {
  const { works, focus, files, seed = 1, concurrency = 1, maxUsd, alpha = 0.05, clock = systemClock } = options;
  const { model, tools, env, random, signal = new AbortController().signal, onJudgement } = options;
  const given = typeof options.team === 'string' ? await loadTeam(options.team) : options.team;
  const { team, role } = isolateCritic(given ?? plainCritic(files !== undefined), options.role);
  const spec = modelOf(role, team, nameModel(model));
  refuseOffline(role.name, spec);
  const drive: Lab['drive'] = {
    clock,
    signal,
    ...withoutUndefined({ model, tools, env, random }),
  };
  await refuseTeam(drive, team, maxUsd);
  const folder = files === undefined ? null : await hashFolder(files);
  const identity: Json = [1, teamToJson(team), spec, seed, folder];
  const store = await openStore(options.store, clock);
  try {
    const purse = new Purse(maxUsd, concurrency);
    let calls = 0;
    const { judgements, stopped } = await judgeWorks<CriticJudgement>({
      works,
      seed,
      concurrency,
      signal,
      judge: async ({ instruction, text }, index, interrupt) => {
        const task = layOutCritique({ instruction, result: text }, focus);
        const id = works[index]?.id ?? '';
        const key = hashJson([identity, id, task]);
        const lab: Lab = { store, purse, drive: { ...drive, signal: interrupt } };
        const done = await carryOut(lab, {
          runId: `cal-${key.slice(0, 12)}-${id.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 24)}`,
          task,
          team,
          strategy: 'single',
          seed: deriveSeed(seed, 'judge', key),
          output: criticVerdictSchema,
          taskClass: 'calibration',
          ...(files === undefined ? {} : { files }),
        });
        if (done.kind !== 'ended') return { kind: done.kind };
        calls += done.report.ledger.calls;
        return { kind: 'judged', judgement: await readJudgement(store, done) };
      },
      ...(onJudgement === undefined ? {} : { onJudgement }),
    });
    const table = tabulateVerdicts(judgements, { alpha });
    const counted = tabulateVerdicts(
      judgements.map(({ counted: verdict, ...rest }) => ({ ...rest, verdict })),
      { alpha },
    );
    const bare = judgements.filter(({ receipts, verdict }) => receipts === 0 && verdict !== 'unverified');
    const withoutReceipt = { judgements: bare.length, accepted: bare.filter(({ verdict }) => verdict === 'accepted').length };
    const critic = { team: team.name, role: role.name, model: spec };
    const record: CalibrationRecord = {
      version: 1,
      criticHash: hashCritic(role, spec),
      ...critic,
      table,
      madeMs: clock.now(),
      worksHash: hashWorks(works),
      withoutReceipt,
    };
    const cost = { calls, ...sumCosts(judgements) };
    const kept = stopped === 'exhausted' ? record : null;
    if (kept !== null) await store.putCalibration(kept);
    return { table, counted, judgements, withoutReceipt, cost, stopped, record: kept, critic };
  } finally {
    if (typeof options.store !== 'object') await store.close();
  }
}

/** Reading on in a tool's result, and saying that an assumption is untrue, show nothing by themselves; nor does asking a remote agent. */
const bareTools: readonly string[] = ['read_result', 'report_contradiction'];

async function readJudgement(store: Store, { report }: Extract<CarriedOut, { kind: 'ended' }>): Promise<CriticJudgement> {
  const { runId, status, deliverable, ledger } = report;
  const detail = report.detail ?? report.subtasks.at(-1)?.error?.message ?? 'its answer has another form than was asked for';
  const receipts: Receipt[] = (await store.listCalls(runId))
    .filter(
      ({ kind, outcome, name }) => kind === 'tool' && outcome === 'succeeded' && !bareTools.includes(name) && !isAgentSpec(name),
    )
    .map(({ name, key }) => ({ tool: name, key }));
  const spent = {
    runId,
    receipts: receipts.length,
    tokens: ledger.inputTokens + ledger.outputTokens,
    usd: ledger.costUsd,
  };
  const said = criticVerdictSchema.safeParse(deliverable);
  if (status !== 'succeeded' || !said.success) {
    return { verdict: 'unverified', counted: 'unverified', detail: `The judgement ended ${status}: ${detail}`, ...spent };
  }
  const judged = judgeCriticVerdict(deliverable, receipts);
  const verdict = said.data.verdict === 'accept' ? 'accepted' : 'rejected';
  if (judged.kind === 'void') return { verdict, counted: 'unverified', detail: `Void: ${judged.problem}`, ...spent };
  return { verdict, counted: judged.kind === 'passed' ? 'accepted' : 'rejected', detail: judged.detail, ...spent };
}

function sumCosts(judgements: readonly CriticJudgement[]): { tokens: number; usd: number | null } {
  let tokens = 0;
  let usd: number | null = 0;
  for (const judgement of judgements) {
    tokens += judgement.tokens;
    usd = usd === null || judgement.usd === null ? null : usd + judgement.usd;
  }
  return { tokens, usd };
}

function hashWorks(works: readonly KnownWork[]): string {
  return hashJson(works.map(({ id, truth, kind, instruction, text }) => [id, truth, kind ?? null, instruction, text]));
}

function nameModel(model: CalibrateCriticOptions['model']): string {
  if (typeof model === 'object') return `custom:${model.provider}/${model.modelId}`;
  return model ?? 'offline';
}

function refuseOffline(role: string, spec: string): void {
  if (spec !== 'offline') return;
  throw new PlanwrightError(
    'usage',
    `The critic "${role}" is a language model's work, and "offline" is none: it can check quotes against their files, which needs no critic. Name a model with --model, or give labeled verdicts { id, truth, verdict }.`,
  );
}
