/**
 * A run's trace, sent to a receiver of OpenTelemetry on this machine, and the run as a page. Run it:
 * node scripts/with-node.js examples/observability/run.ts [PAGE]
 */
import { writeFile } from 'node:fs/promises';
import { collectRunDetails, defineTeam, exportTrace, MemoryStore, renderRunPage, runTask } from 'planwright';
import { startReceiver } from './receiver.ts';

const team = defineTeam({
  name: 'harbor',
  roles: {
    researcher: { description: 'Finds facts in the files.', instructions: 'Quote what the files say.', tools: ['files'] },
    writer: { description: 'Writes the report.', instructions: 'Write a short report.' },
  },
});
const receiver = await startReceiver();
const store = new MemoryStore();
const result = await runTask({
  task: 'Which engines are there? What does a gate decide?',
  team,
  files: 'docs',
  strategy: 'team',
  store,
  telemetry: { endpoint: receiver.url, onProblem: (message) => console.log(message) },
});
console.log(result.status);

const inFirstTrace = receiver.requests();
// Sent again, whole, from the store: with the ids that its spans had, so that a receiver knows them.
const { spans, lost } = await exportTrace(store, result.runId, { endpoint: receiver.url });
console.log(`live: ${inFirstTrace > 0 ? 'sent' : 'nothing was sent'}; from the store: ${spans} spans, ${lost} lost`);
await receiver.close();

const page = process.argv[2];
if (page !== undefined) await writeFile(page, await renderRunPage(await collectRunDetails(store, result.runId)));
