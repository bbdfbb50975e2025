import { expect, test } from 'vitest';
import { type ArmRun, summarizeArms } from './summarize-arms.ts';

const run = (arm: string, ledger: Partial<ArmRun['report']['ledger']>): ArmRun => ({
  arm,
  report: { ledger: { tokensByPurpose: {}, criticalPathMs: 0, serialMs: 0, ...ledger } as ArmRun['report']['ledger'] },
});

test('means of the runs of each arm; a purpose that a run lacks counts as 0', () => {
  const runs = [
    run('team', { tokensByPurpose: { execute: 100, plan: 30 }, criticalPathMs: 1000, serialMs: 4000 }),
    run('single', { tokensByPurpose: { execute: 40 }, criticalPathMs: 500, serialMs: 500 }),
    run('team', { tokensByPurpose: { execute: 200 }, criticalPathMs: 3000, serialMs: 2500 }),
  ];
  expect(summarizeArms(runs)).toEqual({
    tokensByPurpose: [
      { arm: 'team', tokens: { execute: 150, plan: 15 } },
      { arm: 'single', tokens: { execute: 40 } },
    ],
    // Waiting makes a critical path longer than the work: then nothing was off it.
    time: [
      { arm: 'team', criticalMs: 2000, otherMs: 1500 },
      { arm: 'single', criticalMs: 500, otherMs: 0 },
    ],
  });
});
