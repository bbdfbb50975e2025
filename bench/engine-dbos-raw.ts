/**
 * The bare DBOS program, as a process: `node engine-dbos-raw.ts URL SCHEMA SUBTASKS CONCURRENCY`. A workflow starts a workflow for each
 * subtask on a queue; each does one step and sends its result to its parent, which receives all of them and ends with one more
 * child, as the plan beside it does. Children are started together and the queue is polled every 10 ms: of what was tried, the
 * fastest. Writes one line of JSON: `ms` of the run, launch and warm-up left out.
 */
import { randomUUID } from 'node:crypto';
import { DBOS } from '@dbos-inc/dbos-sdk';

const [url = '', schema = '', subtasks = '', concurrency = ''] = process.argv.slice(2);
const queueName = 'subtasks';
/** The parent waits this long for one result. */
const recvSeconds = 60;

interface Message {
  key: string;
  output: string;
}

const child = DBOS.registerWorkflow(
  async (parentId: string, key: string): Promise<void> => {
    const output = await DBOS.runStep(async () => 'done', { name: 'work' });
    await DBOS.send(parentId, { key, output } satisfies Message, 'results');
  },
  { name: 'child' },
);

async function startChild(parentId: string, key: string): Promise<void> {
  await DBOS.startWorkflow(child, { workflowID: `${parentId}/${key}`, queueName })(parentId, key);
}

const parent = DBOS.registerWorkflow(
  async (count: number): Promise<number> => {
    const parentId = DBOS.workflowID ?? '';
    await Promise.all(Array.from({ length: count }, (_, at) => startChild(parentId, `s${at}`)));
    let received = 0;
    while (received < count && (await DBOS.recv<Message>('results', recvSeconds)) !== null) received += 1;
    await startChild(parentId, 'end');
    const last = await DBOS.recv<Message>('results', recvSeconds);
    return last === null ? received : received + 1;
  },
  { name: 'parent' },
);

/** @throws {Error} when results are missing. */
async function run(count: number): Promise<number> {
  const startMs = performance.now();
  const handle = await DBOS.startWorkflow(parent, { workflowID: randomUUID() })(count);
  const received = await handle.getResult();
  if (received !== count + 1) throw new Error(`${received} of ${count + 1} results came.`);
  return performance.now() - startMs;
}

DBOS.setConfig({
  name: 'raw',
  systemDatabaseUrl: url,
  systemDatabaseSchemaName: schema,
  applicationVersion: '1',
  executorID: 'raw',
  logLevel: 'error',
  useListenNotify: true,
});
await DBOS.launch();
await DBOS.registerQueue(queueName, { minPollingIntervalMs: 10, workerConcurrency: Number(concurrency) });
// A queue is polled by the time its first run ends.
await run(20);
const ms = await run(Number(subtasks));
process.stdout.write(`${JSON.stringify({ ms })}\n`);
await DBOS.shutdown();
process.exit(0);
