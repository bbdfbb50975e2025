/** The plans that the authors of ReWOO and LLMCompiler show their planners, each run to its end with scripted tools. */
import { join } from 'node:path';
import { defineTeam, defineTool, MemoryStore, readPlanText, runTask, type TeamDefinition, type Tool } from 'planwright';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { findSharedData, readRows } from '../support/shared-data.ts';
import { playModel } from '../support/small-team.ts';

const folder = findSharedData('plans');
const rowSchema = z.object({ dialect: z.enum(['rewoo', 'llmcompiler']), question: z.string(), plan: z.string() });

const input = z.object({ query: z.string(), context: z.array(z.string()).optional() });
const seen: { tool: string; query: string; context?: string[] | undefined }[] = [];
const scripted = (name: string): Tool =>
  defineTool({
    name,
    description: `Answers by ${name}.`,
    effect: 'read',
    input,
    execute: ({ query, context }) => {
      seen.push({ tool: name, query, context });
      return `[${name}: ${query.slice(0, 20)}]`;
    },
  });

const tools = ['search', 'math', 'Wikipedia', 'WolframAlpha', 'Calculator'].map(scripted);
const names = tools.map(({ name }) => name);
const teams = {
  llmcompiler: { preset: 'llmcompiler', roles: { search: { tool: 'search' }, math: { tool: 'math' } } },
  rewoo: {
    preset: 'rewoo',
    roles: {
      wikipedia: { tool: 'Wikipedia' },
      'wolfram-alpha': { tool: 'WolframAlpha' },
      calculator: { tool: 'Calculator' },
    },
  },
} satisfies Record<string, TeamDefinition>;

const rows = folder === undefined ? [] : readRows(join(folder, 'plan_text_examples.jsonl'), rowSchema);

describe.skipIf(folder === undefined)('plan texts (skipped where shared/data/plans is not there to be read)', () => {
  test('each ends with its answer, and what each step names has reached its tool or model', async () => {
    expect(rows).toHaveLength(10);
    for (const { dialect, question, plan } of rows) {
      seen.length = 0;
      const asked: string[] = [];
      const model = playModel(({ text }) => {
        if (text.includes('You answer the task from results')) return JSON.stringify({ action: 'finish', answer: 'So (it) is.' });
        if (text.includes('You solve the task from the evidence')) return 'So (it) is.';
        if (!text.includes('You answer the question')) return plan;
        asked.push(text);
        return '[llm]';
      });
      const team = defineTeam(teams[dialect], { tools: names });
      const run = await runTask({ task: question, team, strategy: 'team', tools, model, store: new MemoryStore() });
      const { steps } = readPlanText(plan, { dialect });
      const thought = steps.filter(({ tool }) => tool === 'LLM').length;
      expect({ question, status: run.status, deliverable: run.deliverable, calls: run.ledger.calls, used: seen.length }).toEqual({
        question,
        status: 'succeeded',
        deliverable: 'So (it) is.',
        calls: 2 + thought,
        used: steps.length - thought,
      });
      const given = [...asked, ...seen.map((call) => JSON.stringify(call))].join('\n');
      expect(given).not.toMatch(/\{\{|#E\d|\$\d|\$\{/);
      for (const { references } of steps) {
        for (const id of references) {
          const source = steps.find((step) => step.id === id);
          expect(given).toContain(source?.tool === 'LLM' ? '[llm]' : `[${source?.tool}: `);
        }
      }
    }
  });

  test('quotes are taken off, lists stay lists, the unbalanced ones too', async () => {
    const unbalanced = rows.find(({ plan }) => plan.includes('["$1"]\n3.') && plan.includes('cheetah'));
    expect(unbalanced).toBeDefined();
    seen.length = 0;
    const model = playModel(({ text }) =>
      text.includes('You answer the task') ? JSON.stringify({ action: 'finish', answer: 'x' }) : (unbalanced?.plan ?? ''),
    );
    const team = defineTeam(teams.llmcompiler, { tools: names });
    await runTask({ task: 't', team, strategy: 'team', tools, model, store: new MemoryStore(), limits: { concurrency: 1 } });
    expect(seen.find(({ query }) => query.startsWith('cheetah max'))).toEqual({
      tool: 'math',
      query: 'cheetah max speed in km/h if 1.3 times slower?',
      context: ['[search: cheetah]'],
    });
  });
});
