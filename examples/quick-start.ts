import { runTask } from 'planwright';

const run = runTask({
  task: 'What is a handoff, and what does the ledger count?',
  files: 'docs',
  strategy: 'team',
});
for await (const { event } of run.events) console.log(event.type);
const { status, deliverable, ledger, citations } = await run;
console.log(deliverable);
console.log({ status, calls: ledger.calls, citations: citations.length });
