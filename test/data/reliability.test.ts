/**
 * Chains, solvers and published intervals from public data sets, measured by the measuring room. The data are not part
 * of the repository: they are read from shared/data/reliability beside one of the folders above this one, and these
 * tests are skipped where there is none. Each count is made a second time here, without the code that is tested.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { forecastAnyOf, measureAttemptCorrelation } from '../../src/measure/attempt-correlation.ts';
import { type ChainMisfit, measureChainMisfit, type ObservedChain } from '../../src/measure/chain-misfit.ts';
import { areSeparable, differenceOf, doOverlap, type Published } from '../../src/measure/separate-intervals.ts';
import type { Estimated } from '../../src/measure/statistics/interval.ts';
import { findSharedData, readRows as readFile } from '../support/shared-data.ts';

const folder = findSharedData('reliability');

const readRows = <T>(file: string, schema: z.ZodType<T>): T[] => readFile(join(folder ?? '', file), schema);

const round = (value: number, digits = 3) => Number(value.toFixed(digits));
/** As a page writes it. */
const fixed = (value: number) => value.toFixed(3).replace('-', '−');
const rounded = ({ value, low, high }: Estimated) => [value, low, high].map((figure) => round(figure));

describe.skipIf(folder === undefined)('published data (skipped where shared/data/reliability is not there to be read)', () => {
  describe('BIG-Bench-Mistake: reasoning chains with their first wrong step', () => {
    const schema = z.object({ task: z.string(), steps: z.array(z.string()), mistake_index: z.int().nullable() });
    const rows = folder === undefined ? [] : readRows('bigbench_mistake.jsonl', schema);
    const chainsOf = (task: string): ObservedChain[] =>
      rows
        .filter((row) => row.task === task)
        .map(({ steps, mistake_index }) => ({ steps: steps.length, firstWrong: mistake_index }));
    const measure = (task: string): ChainMisfit => {
      const misfit = measureChainMisfit(chainsOf(task));
      if (misfit === null) throw new Error(`no chains of ${task}`);
      return misfit;
    };

    it('has these tasks', () => {
      expect([...new Set(rows.map(({ task }) => task))]).toEqual(['word_sorting', 'dyck_languages', 'tracking_shuffled_objects']);
      expect(rows).toHaveLength(1586);
    });

    it('p per task equals a direct count, step by step', () => {
      for (const task of new Set(rows.map((row) => row.task))) {
        let right = 0;
        let wrong = 0;
        for (const row of rows) {
          if (row.task !== task) continue;
          for (const at of row.steps.keys()) {
            if (at === row.mistake_index) {
              wrong += 1;
              break;
            }
            right += 1;
          }
        }
        expect(measure(task).p).toMatchObject({ k: right, n: right + wrong });
      }
    });

    it('a constant p promises more than was observed; on two of the three tasks beyond chance', () => {
      const figures = [...new Set(rows.map((row) => row.task))].map((task) => {
        const { chains, steps, p, observed, predicted, misfit } = measure(task);
        const { k, n } = p;
        const range = [steps.min, round(steps.mean, 1), steps.max];
        return [task, chains, range, round(k / n, 4), round(observed.k / observed.n), round(predicted), rounded(misfit)];
      });
      expect(figures).toEqual([
        ['word_sorting', 300, [5, 11.7, 25], 0.832, 0.113, 0.145, [-0.032, -0.054, -0.01]],
        ['dyck_languages', 986, [7, 24.5, 126], 0.9487, 0.341, 0.35, [-0.009, -0.021, 0.003]],
        ['tracking_shuffled_objects', 300, [5, 5.4, 8], 0.7741, 0.133, 0.255, [-0.122, -0.139, -0.105]],
      ]);
    });

    it('docs/reliability.md has these figures', () => {
      const page = readFileSync(join(import.meta.dirname, '../../docs/reliability.md'), 'utf8').split('\n');
      for (const task of new Set(rows.map((row) => row.task))) {
        const { chains, steps, p, observed, predicted, misfit } = measure(task);
        const range = `${steps.min}–${steps.max} (${steps.mean.toFixed(1)})`;
        const difference = `${fixed(misfit.value)} (${fixed(misfit.low)} to ${fixed(misfit.high)})`;
        const cells = [task, chains, range, fixed(p.k / p.n), fixed(observed.k / observed.n), fixed(predicted), difference];
        expect(page).toContain(`| ${cells.join(' | ')} |`);
      }
    });

    it('the steps are not alike: the first is never wrong, and later ones are wrong more often than early ones', () => {
      const wrongOfReached = (task: string, at: number) => {
        const reached = rows.filter(
          ({ task: of, steps, mistake_index }) => of === task && steps.length > at && (mistake_index ?? at) >= at,
        );
        return `${reached.filter(({ mistake_index }) => mistake_index === at).length}/${reached.length}`;
      };
      expect([0, 1, 2, 3].map((at) => wrongOfReached('tracking_shuffled_objects', at))).toEqual([
        '0/300',
        '20/300',
        '81/280',
        '139/199',
      ]);
      expect(rows.filter((row) => row.mistake_index === 0)).toEqual([]);
    });
  });

  describe('GSM8K: four solvers on the same problems', () => {
    const answer = z.object({ is_correct: z.boolean() });
    const schema = z.object({
      '6b_finetuning': answer,
      '6b_verification': answer,
      '175b_finetuning': answer,
      '175b_verification': answer,
    });
    const rows = folder === undefined ? [] : readRows('gsm8k_four_solvers.jsonl', schema);
    const tries = rows.map((row) => Object.values(row).map((solver) => solver.is_correct));

    it('any of four is right far less often than independence says, and about as often as the correlated forecast says', () => {
      const correlation = measureAttemptCorrelation(tries);
      if (correlation === null) throw new Error('no correlation');
      const { p, rho } = correlation;
      const observed = tries.filter((solved) => solved.includes(true)).length / tries.length;
      const alone = [0, 1, 2, 3].map((solver) => tries.filter((solved) => solved[solver] === true).length / tries.length);
      const independent = 1 - alone.reduce((none, right) => none * (1 - right), 1);
      const forecast = forecastAnyOf(4, p, rho.value);
      expect([tries.length, round(observed), round(independent), round(1 - (1 - p) ** 4), round(forecast)]).toEqual([
        600, 0.66, 0.862, 0.85, 0.658,
      ]);
      expect([round(p), rounded(rho)]).toEqual([0.378, [0.376, 0.33, 0.423]]);
    });

    it('a correlation measured on every other problem forecasts the rest', () => {
      const halves = [0, 1].map((rest) => tries.filter((_, at) => at % 2 === rest));
      for (const [at, half] of halves.entries()) {
        const known = measureAttemptCorrelation(half);
        const others = halves[1 - at] ?? [];
        const observed = others.filter((solved) => solved.includes(true)).length / others.length;
        const standardError = Math.sqrt((0.66 * 0.34) / 300);
        expect(Math.abs(forecastAnyOf(4, known?.p ?? 0, known?.rho.value ?? 0) - observed)).toBeLessThan(3 * standardError);
        expect(forecastAnyOf(4, known?.p ?? 0, 0) - observed).toBeGreaterThan(5 * standardError);
      }
    });
  });

  describe('ADAS: agent designs with published bootstrap intervals', () => {
    const form = /^95% Bootstrap Confidence Interval: \(([\d.]+)%, ([\d.]+)%\), Median: ([\d.]+)%$/;
    const fitness = z
      .string()
      .regex(form)
      .transform((text): Published => {
        const [low = 0, high = 0, value = 0] = (form.exec(text) ?? []).slice(1).map((percent) => round(Number(percent) / 100, 6));
        return { low, high, value };
      });
    const schema = z.object({ benchmark: z.string(), name: z.string(), fitness, test_fitness: fitness.optional() });
    const rows = folder === undefined ? [] : readRows('adas_archive_fitness.jsonl', schema);
    const designOf = (name: string) => {
      const found = rows.find((row) => row.benchmark === 'mgsm_gpt3.5' && row.name === name);
      if (found?.test_fitness === undefined) throw new Error(`no ${name}`);
      return { search: found.fitness, test: found.test_fitness };
    };

    it('debate and chain of thought on MGSM: not separable on the search’s problems, separable on the held-out ones', () => {
      const [debate, alone] = [designOf('LLM Debate'), designOf('Chain-of-Thought')];
      expect(debate.search).toEqual({ low: 0.242, high: 0.398, value: 0.32 });
      expect([doOverlap(debate.search, alone.search), areSeparable(debate.search, alone.search)]).toEqual([true, false]);
      expect([doOverlap(debate.test, alone.test), areSeparable(debate.test, alone.test)]).toEqual([false, true]);
      expect(rounded(differenceOf(debate.search, alone.search))).toEqual([0.015, -0.095, 0.125]);
      expect(rounded(differenceOf(debate.test, alone.test))).toEqual([0.11, 0.064, 0.156]);
    });
  });
});
