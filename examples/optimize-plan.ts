/** A plan before and after the optimizer: what each step does to the forecast, and how it is taken back. */
import { buildForecastBasis, optimizeBy, optimizePlan, type Plan, undoStep } from 'planwright';

const plan: Plan = {
  version: 1,
  task: 'Port the billing module.',
  subtasks: [
    { id: 'survey', role: 'coder', instruction: 'List what the old module does.', dependsOn: [] },
    { id: 'port', role: 'coder', instruction: 'Port it.', dependsOn: ['survey'] },
    { id: 'test', role: 'coder', instruction: 'Write the tests.', dependsOn: ['port'] },
    { id: 'notes', role: 'writer', instruction: 'Write the release notes.', dependsOn: ['test'] },
  ],
};

/** As if observed: `attempts` is how many checked ones each p rests on. */
const basis = buildForecastBasis({
  roles: {
    coder: { p: 0.8, durationMs: 60_000, tokens: 4000, costUsd: 0.04, calls: 6, attempts: 40 },
    critic: { p: 0.9, durationMs: 20_000, tokens: 2000, costUsd: 0.02, calls: 3, attempts: 40 },
    writer: { p: 0.97, durationMs: 10_000, tokens: 1000, costUsd: 0.01, calls: 1, attempts: 40 },
  },
  // Measured on known defects.
  reviewers: { critic: { falseAccept: 0.2, falseReject: 0.02 } },
});

const optimizing = optimizeBy(plan, basis);
const { plan: optimized, steps } = optimizePlan(plan, { ...optimizing, worth: { unit: 'usd', perSuccess: 1 } });
for (const { pass, subtasks, before, after } of steps) {
  console.log(`${pass} ${subtasks.join(', ')}`);
  console.log(`  right with ${percent(before.success)} → ${percent(after.success)}, calls ${before.calls} → ${after.calls}`);
}
console.log(optimized.subtasks.map(({ id, dependsOn }) => `${id} ← [${dependsOn.join(', ')}]`).join('; '));

const back = steps.toReversed().reduce(undoStep, optimized);
console.log('taken back to the letter:', JSON.stringify(back) === JSON.stringify(plan));

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
