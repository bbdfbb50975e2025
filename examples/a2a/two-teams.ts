/**
 * Two teams that know each other by A2A only. An archive publishes its team, as `planwright serve --a2a` does; an office has a role
 * that is that archive.
 *
 *     node --conditions=planwright:source examples/a2a/two-teams.ts
 */
import { fileURLToPath } from 'node:url';
import { defineTeam, MemoryStore, runTask } from 'planwright';
import { startServer } from 'planwright/server';

const token = 'the-token-of-the-archive';
const archive = await startServer({
  port: 0,
  store: new MemoryStore(),
  token,
  filesRoots: [fileURLToPath(new URL('../../docs', import.meta.url))],
  a2a: { team: 'research' },
});
try {
  const card = (await (await fetch(`${archive.url}/.well-known/agent-card.json`)).json()) as { name: string };
  console.log(`the card of: ${card.name}`);

  const office = defineTeam({
    roles: {
      archivist: {
        description: 'Knows what the documents say.',
        instructions: 'Answer from the documents, with citations.',
        a2a: { url: `${archive.url}/a2a`, headers: { authorization: 'Bearer {env:ARCHIVE_TOKEN}' } },
        accept: [{ kind: 'predicate', contains: 'handoff' }],
      },
    },
  });
  const task = 'What is a handoff?';
  const plan = { version: 1 as const, task, subtasks: [{ id: 'ask', role: 'archivist', instruction: task, dependsOn: [] }] };
  const store = new MemoryStore();
  const { runId, status, deliverable, ledger } = await runTask({
    task,
    plan,
    team: office,
    store,
    env: { ARCHIVE_TOKEN: token },
  });
  console.log(`the office: ${status}, ${ledger.calls} call, cost ${ledger.costUsd ?? 'unknown'}`);
  console.log(`cited: ${/\[[\w-]+\.md:\d+\]/.test(JSON.stringify(deliverable))}`);

  const [theirs] = await archive.store.listRuns();
  console.log(`the archive: a run of its own, ${theirs?.status}`);
  const [sent] = await store.listCalls(runId);
  console.log(`journaled: ${sent?.name.replace(archive.url, 'ARCHIVE')}`);
} finally {
  await archive.close();
}
