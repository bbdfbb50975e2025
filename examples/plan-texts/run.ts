/**
 * The texts of this folder as plans that run: `node scripts/with-node.js examples/plan-texts/run.ts rewoo` (or `llmcompiler`). The
 * model is scripted and writes the text of the folder; with a model spec as second argument a real one writes its own.
 */
import { readFileSync } from 'node:fs';
import { defineTeam, defineTool, MemoryStore, runTask } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { z } from 'zod';

const known: Record<string, string | number> = {
  'height of the harbor bridge': 134,
  'height of the town hall': 33.5,
  'harbor bridge builder': 'Ines Marlow (1881)',
  'other works of Ines Marlow (1881)': 'the lighthouse (1878), the grain store (1890)',
};

const search = defineTool({
  name: 'search',
  description: 'Says what the town archive knows.',
  effect: 'read',
  input: z.object({ query: z.string() }),
  execute: ({ query }) => {
    const found = known[query];
    if (found === undefined) throw new Error(`The archive knows nothing of "${query}".`);
    return found;
  },
});

const tasks = {
  rewoo: 'Which of what the builder of the harbor bridge built stands longest?',
  llmcompiler: 'How many times as high as the town hall is the harbor bridge?',
};
const pattern = process.argv[2] === 'llmcompiler' ? 'llmcompiler' : 'rewoo';
const text = readFileSync(new URL(`${pattern}.txt`, import.meta.url), 'utf8');

const model = scriptedModel(({ prompt }) => {
  const told = JSON.stringify(prompt);
  if (told.includes('You answer the question')) return 'The lighthouse, since 1878.';
  if (told.includes('You solve the task')) return 'The lighthouse of 1878 stands longest.';
  if (told.includes('You answer the task')) return JSON.stringify({ action: 'finish', answer: 'Four times as high (134 m).' });
  return { text: text.split(/(?<=\n)/) };
});

const team = defineTeam(
  { preset: pattern, roles: { search: { tool: 'search' }, math: { tool: 'calc', result: 'value' } } },
  { tools: ['search'] },
);
const { subtasks, deliverable, status, ledger } = await runTask({
  task: tasks[pattern],
  pattern,
  team,
  tools: [search],
  model: process.argv[3] ?? model,
  store: new MemoryStore(),
});
for (const { id, role, output, dependsOn } of subtasks)
  console.log(`${id} (${role}) ← ${dependsOn.join(' ') || 'nothing'}: ${JSON.stringify(output)}`);
console.log(`${status}: ${JSON.stringify(deliverable)}`);
console.log(`${ledger.calls} model calls, ${ledger.toolCalls} tool calls`);
