import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fakeClock } from '../../testing/fake-clock.ts';
import { type ProgressNote, ProgressReporter } from './report-progress.ts';

test('progress grows with every notification, whatever is reported, and never beyond the total', () => {
  const report = fc.record({ done: fc.nat(20), total: fc.nat(20), passMs: fc.nat(300) });
  return fc.assert(
    fc.asyncProperty(fc.array(report, { maxLength: 60 }), async (reports) => {
      const time = fakeClock();
      const notes: ProgressNote[] = [];
      const reporter = new ProgressReporter((note) => notes.push(note), time.clock);
      for (const { passMs, ...progress } of reports) {
        await time.advance(passMs);
        reporter.report({ ...progress, message: '' });
      }
      reporter.stop();
      for (const [index, { progress, total }] of notes.entries()) {
        expect(progress).toBeGreaterThan(notes[index - 1]?.progress ?? -1);
        expect(progress).toBeLessThanOrEqual(total);
      }
      expect(notes.length > 0).toBe(reports.length > 0);
    }),
    { numRuns: 50 },
  );
});

test('a burst is one notification now and one within a second; silence is broken every ten seconds', async () => {
  const time = fakeClock();
  const notes: string[] = [];
  const reporter = new ProgressReporter(({ progress, message }) => notes.push(`${progress} ${message}`), time.clock);
  for (let at = 0; at < 500; at += 1) reporter.report({ done: 0, total: 9, message: `step ${at}` });
  expect(notes).toEqual(['0.5 step 0']);
  await time.advance(1000);
  expect(notes).toHaveLength(2);
  expect(notes[1]).toMatch(/ step 499$/);
  await time.advance(9000);
  expect(notes).toHaveLength(2);
  await time.advance(2000);
  expect(notes).toHaveLength(3);
  reporter.report({ done: 4, total: 9, message: 'four' });
  reporter.stop();
  expect(notes.at(-1)).toBe('4 four');
  await time.advance(60_000);
  expect(notes).toHaveLength(4);
});
