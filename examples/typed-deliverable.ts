/** A tool of your own, and a deliverable with a type. The model here is scripted; put a spec such as `anthropic:…` in its place. */
import { defineTool, MemoryStore, runTask } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { z } from 'zod';
import team from './packing-team.ts';

const weather = defineTool({
  name: 'weather',
  description: 'The weather of a city.',
  effect: 'read',
  input: z.object({ city: z.string() }),
  execute: ({ city }) => `Rain in ${city}.`,
});

const model = scriptedModel((_request, index) =>
  index === 0 ? { toolCalls: [{ name: 'weather', input: { city: 'Oslo' } }] } : '{"items":["umbrella","boots"]}',
);

const { deliverable, status } = await runTask({
  task: 'What do I pack for Oslo?',
  team,
  tools: [weather],
  output: z.object({ items: z.array(z.string()) }),
  strategy: 'single',
  model,
  store: new MemoryStore(),
});
console.log(status, deliverable?.items);
