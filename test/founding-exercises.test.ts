/** The founding document's exercises: docs/exercises.md says what the command prints, and what it prints is so. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chainLength, checkPlan, seededRandom, wilsonInterval } from 'planwright';
import { describe, expect, test } from 'vitest';
import { timeAlone } from '../examples/founding-exercises/bottleneck.ts';
import { type ChainFigures, checkedStep, declaredCheck } from '../examples/founding-exercises/chain.ts';
import { createChance, createChoose } from '../examples/founding-exercises/chance.ts';
import { simulateColony, solveEquilibrium } from '../examples/founding-exercises/colony.ts';
import { runWithLimit } from '../examples/founding-exercises/hierarchy.ts';
import { readOptions } from '../examples/founding-exercises/options.ts';
import { defaultSeed, type PartName, partNames, parts } from '../examples/founding-exercises/parts.ts';
import { type Exercise, tellSheet } from '../examples/founding-exercises/sheet.ts';
import { type StreamOptions, simulateStream } from '../examples/founding-exercises/stream-of-tasks.ts';
import { type DefectKind, formKinds, meaningKinds, writeDraft } from '../examples/founding-exercises/wrong-plans/defects.ts';
import { type DeclaredRates } from '../examples/founding-exercises/wrong-plans/executors.ts';
import { type Observed, observe } from '../examples/founding-exercises/wrong-plans/observe.ts';
import { play } from '../examples/founding-exercises/wrong-plans/play.ts';
import { drawSurvey, rightValues, tellTask, writeRightPlan } from '../examples/founding-exercises/wrong-plans/survey.ts';
import { runDemo } from '../src/cli/demo.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/exercises.md'), 'utf8');
const prose = page.replace(/\s+/g, ' ');
const command = join(root, 'examples/founding-exercises/run.ts');
const run = promisify(execFile);

const done = new Map<PartName, Promise<Exercise>>();
function exerciseOf(name: PartName): Promise<Exercise> {
  const known = done.get(name) ?? parts[name](defaultSeed);
  done.set(name, known);
  return known;
}

/** The demo lists purposes in the order in which their first calls ended, which is left to the machine. */
function sortPurposes(line: string): string {
  return line.replace(/\((\d[^)]*)\)/g, (_, purposes: string) => `(${purposes.split(', ').toSorted().join(', ')})`);
}

describe('docs/exercises.md', () => {
  test.each(partNames)('has the tables and the findings of %s, to the letter', async (name) => {
    const { sheets, findings } = await exerciseOf(name);
    for (const sheet of sheets) expect(page).toContain(tellSheet(sheet));
    for (const finding of findings) expect(prose).toContain(finding);
    expect(sheets.length + findings.length).toBeGreaterThan(3);
  });

  test('has no other tables', async () => {
    const made = (await Promise.all(partNames.map(exerciseOf))).flatMap(({ sheets }) => sheets.map(tellSheet));
    const tables = page.match(/(?:^\|.*\n)+/gm)?.map((table) => table.trimEnd());
    expect(tables?.toSorted()).toEqual(made.toSorted());
  });

  test('quotes the demo’s calls and its recovery', async () => {
    const lines: string[] = [];
    await runDemo((line) => lines.push(line));
    const quoted = [...page.matchAll(/```text\n([\s\S]*?)\n```/g)].flatMap(([, text = '']) => text.split('\n'));
    const said = lines.filter((line) => line.startsWith('monitor:') || line.startsWith('model calls:'));
    expect(quoted.map(sortPurposes)).toEqual(said.map(sortPurposes));
    expect(quoted).toHaveLength(3);
  });
});

describe('chains', () => {
  test('the founding document’s answers', () => {
    expect([chainLength(0.9, 0.6).n, chainLength(0.97, 0.6).n]).toEqual([4, 16]);
  });

  test('succeed as often as the formula says', async () => {
    const { runs, chains } = (await exerciseOf('chain')).figures as { runs: number; chains: ChainFigures[] };
    expect(chains.map(({ n }) => n)).toEqual([4, 5, 8, 16, 5, 8]);
    for (const { n, p, check, right, expected, wrong, nothing } of chains) {
      expect(expected).toBeCloseTo((check === null ? p : checkedStep(p, check)) ** n, 12);
      const { low, high } = wilsonInterval(right.k, right.n, 0.001);
      expect(expected).toBeGreaterThan(low);
      expect(expected).toBeLessThan(high);
      expect(right.k + wrong + nothing).toBe(runs);
    }
  });

  test('a check that errs never and one that passes everything', () => {
    expect(checkedStep(0.9, { falseAccept: 0, falseReject: 0 })).toBeCloseTo(0.99, 12);
    expect(checkedStep(0.9, { falseAccept: 1, falseReject: 0 })).toBeCloseTo(0.9, 12);
    expect(checkedStep(0.9, declaredCheck)).toBeCloseTo(0.855 * 1.125, 12);
  });
});

describe('the hierarchy', () => {
  test('calls: two for each team, one for each leaf', async () => {
    const { sheets } = await exerciseOf('hierarchy');
    const rows = sheets[0]?.rows.map(([n, team, calls]) => [n, team, calls?.split(':')[0]]);
    expect(rows).toEqual(
      [8, 30, 100, 200].flatMap((n) => {
        const teams = [1, 1 + Math.ceil(n ** (1 / 2))];
        const chunks = Math.ceil(n ** (1 / 3) - 1e-9);
        const sizes = Array.from(
          { length: chunks },
          (_, at) => Math.floor(((at + 1) * n) / chunks) - Math.floor((at * n) / chunks),
        );
        teams.push(1 + sizes.reduce((inner, size) => inner + 1 + Math.ceil(Math.sqrt(size)), 0));
        return teams.map((count, at) => [String(n), ['flat', 'two levels', 'three levels'][at], String(n + 2 * count)]);
      }),
    );
  });

  test('the most leaf subtasks that fit a context fit it, and one more does not', async () => {
    const { sheets } = await exerciseOf('hierarchy');
    const [context = '', most = ''] = sheets[2]?.rows[0] ?? [];
    const contextTokens = Number(context.replace(',', ''));
    expect(await runWithLimit(Number(most), 1, contextTokens)).toMatchObject({ status: 'succeeded', tokensNeeded: null });
    const over = await runWithLimit(Number(most) + 1, 1, contextTokens);
    expect(over.status).toBe('partial');
    expect(over.tokensNeeded).toBeGreaterThan(contextTokens);
  });
});

test('time alone: a coordinator’s call is under way and no executor’s is', () => {
  const calls = [
    { purpose: 'plan', startedMs: 0, endedMs: 10 },
    { purpose: 'execute', startedMs: 4, endedMs: 20 },
    { purpose: 'execute', startedMs: 25, endedMs: 30 },
    { purpose: 'synthesize', startedMs: 28, endedMs: 40 },
  ] as const;
  expect(timeAlone([])).toBe(0);
  expect(timeAlone(calls)).toBe(4 + 10);
});

describe('wrong plans', () => {
  const perfect: DeclaredRates = { admits: 1, slips: 0, falseAccept: 0, falseReject: 0, notices: 1, imagines: 0, rightAgain: 1 };
  const blind: DeclaredRates = { admits: 0, slips: 1, falseAccept: 1, falseReject: 0, notices: 0, imagines: 0, rightAgain: 1 };
  const chance = createChance(5);

  async function inject(kind: DefectKind, rates: DeclaredRates, n: number): Promise<Observed> {
    const survey = drawSurvey(chance, n, 2);
    const right = kind === 'none' ? null : writeRightPlan(survey);
    return observe(await play(kind, { survey, chance, rates, run: `${kind} ${n}` }), survey, right);
  }

  test('the surveys have 4 to 20 subtasks, and their right plans pass the check', () => {
    const plans = Array.from({ length: 7 }, (_, n) => {
      const survey = drawSurvey(chance, n);
      return { version: 1, task: tellTask(survey), ...writeRightPlan(survey) };
    });
    expect(plans.map(({ subtasks }) => subtasks.length)).toEqual([4, 7, 10, 12, 15, 18, 20]);
    expect(plans.map((plan) => checkPlan(plan).problems)).toEqual(plans.map(() => []));
  });

  test.each(formKinds)('no draft with a defect of form passes the check: %s', (kind) => {
    for (let n = 0; n < 200; n++) {
      const survey = drawSurvey(chance, n);
      const draft = writeDraft(kind, survey, createChoose(chance, kind, n));
      const roles = ['surveyor', 'converter', 'calculator', 'critic', 'writer'];
      expect(checkPlan({ version: 1, task: tellTask(survey), ...draft }, { roles })).toMatchObject({ ok: false });
    }
  });

  test.each(meaningKinds)('a defect of meaning leaves another plan of the right form, or an unreachable subtask: %s', (kind) => {
    for (let n = 0; n < 50; n++) {
      const survey = drawSurvey(chance, n, 2);
      const draft = writeDraft(kind, survey, createChoose(chance, kind, n));
      const problems = checkPlan({ version: 1, task: tellTask(survey), ...draft }).problems;
      expect(problems.filter(({ code }) => code !== 'unreachable')).toEqual([]);
      expect(draft).not.toEqual(writeRightPlan(survey));
    }
  });

  test('a right plan gives the right report, without an alarm', async () => {
    for (let n = 0; n < 5; n++) {
      expect(await inject('none', perfect, n)).toMatchObject({ caughtBy: null, draft: 'passed', end: 'right', revisions: 0 });
    }
  });

  test('whether a wrong instruction is found is the critic’s doing, and the truth is not asked of anybody', async () => {
    const seen = await inject('wrong instruction', { ...perfect, notices: 0 }, 0);
    expect(seen).toMatchObject({ caughtBy: 'critic', end: 'right', revisions: 1 });
    const unseen = await inject('wrong instruction', blind, 0);
    expect(unseen).toMatchObject({ caughtBy: null, end: 'wrong', revisions: 0 });
  });

  test('an assumption that is a condition stops the wrong work before it begins, whoever reads', async () => {
    const survey = drawSurvey(chance, 1, 2);
    const draft = writeDraft('false assumption, an object', survey, createChoose(chance, 'defect', 'object'));
    const misjudged = (draft.subtasks as { id: string; assumes?: unknown[] }[]).find(
      ({ assumes }) => typeof assumes?.[0] === 'object',
    );
    const played = await play('false assumption, an object', { survey, chance, rates: blind, run: 'object' });
    expect(observe(played, survey, writeRightPlan(survey))).toMatchObject({ caughtBy: 'assumes', end: 'right' });
    const started = played.entries.flatMap(({ event }) => (event.type === 'attempt-started' ? [event.subtaskId] : []));
    expect(misjudged?.id).toMatch(/^convert-/);
    expect(started).not.toContain(misjudged?.id);
    expect(await inject('false assumption, not stated', blind, 1)).toMatchObject({ caughtBy: null, end: 'wrong' });
  });

  test('the deliverable’s truth is the task’s', () => {
    const survey = {
      register: new Map([
        ['mill', { amount: 2, unit: 'km' as const }],
        ['dam', { amount: 1, unit: 'mi' as const }],
      ]),
      places: ['mill', 'dam'],
      totals: [{ label: 't1', verb: 'Subtract' as const, of: [1, 2] as [number, number] }],
    };
    expect(tellTask(survey)).toBe('Report in meters. t1: the distance to mill minus the distance to dam.');
    expect([...rightValues(survey)]).toEqual([['t1', 2000 - 1609]]);
  });

  test('every injected plan is in exactly one column of each kind', async () => {
    const { sheets } = await exerciseOf('wrong-plans');
    const [form, meaning] = sheets;
    for (const [, injected, ...cells] of form?.rows ?? []) {
      expect([sum(cells.slice(0, 4)), sum(cells.slice(4))]).toEqual([Number(injected), Number(injected)]);
    }
    for (const [, injected, ...cells] of meaning?.rows ?? []) {
      expect([sum(cells.slice(0, 5)), sum(cells.slice(5, 8))]).toEqual([Number(injected), Number(injected)]);
    }
    expect(form?.rows.map(([kind]) => kind)).toEqual([...formKinds]);
    expect(meaning?.rows.map(([kind]) => kind)).toEqual(['none', ...meaningKinds]);
  });
});

function sum(cells: readonly string[]): number {
  return cells.reduce((total, cell) => total + Number(cell), 0);
}

describe('swarms', () => {
  test.each([
    { delta: 1, alpha: 3, stop: 0.2 },
    { delta: 1, alpha: 2, stop: 0.1 },
    { delta: 0.6, alpha: 4, stop: 0.3 },
  ])('the share at work settles at δ ÷ α, and the stimulus where the equations say: %o', (rule) => {
    const colony = { ...rule, steps: 4000, burnIn: 1000 };
    const thresholds = Array.from({ length: 200 }, () => 40);
    const settled = simulateColony({ ...colony, thresholds }, seededRandom(3));
    const solved = solveEquilibrium(40, rule);
    expect(Math.abs(settled.active - rule.delta / rule.alpha)).toBeLessThan(0.005);
    expect(Math.abs(settled.stimulus / solved.stimulus - 1)).toBeLessThan(0.05);
    const mixed = simulateColony({ ...colony, thresholds: thresholds.map((_, at) => (at % 2 === 0 ? 10 : 90)) }, seededRandom(4));
    expect(Math.abs(mixed.active - rule.delta / rule.alpha)).toBeLessThan(0.005);
  });

  test('with α = 3, δ = 1 and p = 0.2 the stimulus is a third of the threshold', () => {
    expect(solveEquilibrium(30, { delta: 1, alpha: 3, stop: 0.2 }).stimulus).toBeCloseTo(10, 10);
  });

  test('nothing starts while the coordinator is away; everything is started once; pairs keep their order', () => {
    const options: StreamOptions = { agents: 10, ticks: 600, arrivals: 1, stop: 0.2, paired: true };
    const outage = { from: 200, until: 250 };
    for (const seed of [1, 2, 3]) {
      const away = simulateStream({ kind: 'central', perTick: 2 }, options, { ...outage, agents: 'coordinator' }, seed);
      const swarm = simulateStream({ kind: 'swarm', threshold: 1 }, options, { ...outage, agents: 1 }, seed);
      expect(away).toMatchObject({ startedInOutage: 0, outOfOrder: 0, arrived: swarm.arrived });
      expect(swarm.startedInOutage).toBeGreaterThan(0.5);
      expect(swarm.outOfOrder).toBeGreaterThan(swarm.seconds / 2);
      expect(swarm.messages).toBe(0);
      for (const { started, arrived } of [away, swarm]) expect(started).toBeLessThanOrEqual(arrived);
    }
  });
});

describe('the command', () => {
  test('prints one JSON document, the same as the part gives', async () => {
    const { stdout } = await execute('swarm', '--json');
    expect(JSON.parse(stdout)).toEqual({ seed: defaultSeed, parts: { swarm: await exerciseOf('swarm') } });
  });

  test('a wrong part is told, with exit code 2', async () => {
    await expect(execute('chains')).rejects.toMatchObject({
      code: 2,
      stderr: 'There is no part "chains". Parts: chain, hierarchy, bottleneck, wrong-plans, swarm.\n',
    });
  });

  test.each([
    { args: ['--seed', '-1'], message: /'--seed' argument is ambiguous/ },
    { args: ['--seed', '1.5'], message: /--seed "1.5": a whole number/ },
    { args: ['--seed=99999999999'], message: /--seed "99999999999"/ },
    { args: ['--fast'], message: /'--fast'/ },
  ])('a wrong option is told: $args', ({ args, message }) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  test('parts come in their own order, each once', () => {
    expect(readOptions(['swarm', 'chain', 'swarm', '--seed', '4'])).toEqual({ names: ['chain', 'swarm'], seed: 4, json: false });
    expect(readOptions([])).toEqual({ names: partNames, seed: defaultSeed, json: false });
    expect(readOptions(['--help'])).toBeNull();
  });
});

function execute(...args: string[]) {
  return run(process.execPath, ['--conditions=planwright:source', command, ...args], { cwd: root });
}
