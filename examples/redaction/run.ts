/**
 * A letter with an address, an account and a customer's number: neither the model nor the store sees them.
 * node scripts/with-node.js examples/redaction/run.ts
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTeam, runTask } from 'planwright';
import { scriptedModel } from 'planwright/testing';

const here = fileURLToPath(new URL('.', import.meta.url));
/** In the place of a language model: reads the letter, then says what it was shown of it. */
const clerk = scriptedModel(({ prompt }) => {
  const shown = prompt.flatMap(({ role, content }) => (role === 'tool' ? content : [])).at(-1);
  if (shown === undefined) return { toolCalls: [{ name: 'files_read', input: { path: 'refund.md' } }] };
  const seen = [...JSON.stringify(shown).matchAll(/\[(?:customer|iban|email)\]/g)].map(([mark]) => mark);
  return `${seen[0]} wants 30 EUR on ${seen[1]}. Answer to ${seen[2]}, with a copy to office@example.org.`;
});

const store = await mkdtemp(join(tmpdir(), 'planwright-redaction-'));
const run = runTask({
  task: 'What does K-104417 want? Report to bob@example.org.',
  team: await loadTeam(join(here, 'team.yaml')),
  files: join(here, 'letters'),
  strategy: 'single',
  model: clerk,
  store,
});
for await (const { event } of run.events) if (event.type === 'run-started') console.log(`task: ${event.task}`);
console.log('result:', (await run).deliverable);
for (const secret of ['K-104417', 'DE89 3704', 'ann@example.org', 'bob@example.org', 'office@example.org']) {
  const files = await readdir(store, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  const inStore = texts.some((text) => text.includes(secret));
  const inPrompts = JSON.stringify(clerk.requests).includes(secret);
  console.log(`${secret}: ${inStore ? 'in the store' : 'not in the store'}, ${inPrompts ? 'shown' : 'not shown'} to the model`);
}
await rm(store, { recursive: true });
