/** SIGKILL at every commit of the journal: a new process takes the run up, and it ends as if nothing had happened. */
import { join } from 'node:path';
import { openSqliteStore } from 'planwright';
import { expect, test } from 'vitest';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { checkSurvey, expectOnceAtMost, makeReference, type Reference, takeMoment } from './check-survey.ts';
import { startCountedModel } from './counted-model.ts';
import { type Driver, driveToEnd, startDriver } from './drive-lane.ts';
import { expectToHold, part } from './fault-case.ts';

const quickMs = 20_000;
/** One waits for its provider and its disk while the other works. */
const lanes = 2;

function expectKilled(how: unknown, about: string): void {
  expect(how, `${about}: how it ended`).toBe('SIGKILL');
}

/** With the deliverable, or because nobody knows whether a call that acts once only has acted. */
function expectEnd(reference: Reference, end: unknown, about: string, isUnknown = false): void {
  expect(end, `${about}: its end`).toMatchObject(
    isUnknown
      ? { status: expect.stringMatching(/^(failed|partial)$/), errors: expect.arrayContaining(['tool-outcome-unknown']) }
      : { status: 'succeeded', deliverable: reference.deliverable },
  );
}

/** @returns `died`, or `ended` when the run has fewer commits; `unknown` when it died inside a call that may act once only. */
async function killAt(
  deathAt: number,
  { folder, reference, resumer }: { folder: string; reference: Reference; resumer: Driver },
) {
  await using model = await startCountedModel();
  const order = { storePath: join(folder, `${deathAt}.db`), actsFile: join(folder, `${deathAt}.acts`), spec: model.spec };
  const about = `killed at commit ${deathAt}`;
  await using driver = await startDriver();
  const answer = await driveToEnd(driver, { ...order, deathAt });
  if (answer === undefined) expectKilled(await driver.ended, `${about}: ${driver.stderr()}`);
  else {
    expectEnd(reference, answer, about);
    return 'ended' as const;
  }
  const store = await openSqliteStore(order.storePath);
  try {
    const moments = [await takeMoment(store, { model, actsFile: order.actsFile })];
    const hadBegunToPublish = (await store.listCalls('survey')).some(({ outcome }) => outcome === 'started');
    const end = await driveToEnd(resumer, order);
    expectEnd(reference, end, about, hadBegunToPublish);
    expectOnceAtMost(order.actsFile, about);
    if (hadBegunToPublish) return 'unknown' as const;
    await checkSurvey(reference, { model, actsFile: order.actsFile, store, moments, about });
    return 'died' as const;
  } finally {
    await store.close();
  }
}

test('SQLite: kill -9 at every commit', { timeout: part === 'quick' ? 120_000 : 1_200_000 }, ({ task: { name } }) =>
  expectToHold(name, async ({ random, startMs }) => {
    const folder = makeTemporaryFolder();
    const reference = await makeReference(join(folder, 'reference.acts'));
    const counts = { died: 0, ended: 0, unknown: 0 };
    // The quick part takes every k-th from a random first one; the full part every one.
    const stride = part === 'quick' ? 7 : 1;
    const first = 1 + Math.floor(random.next() * stride);
    let next = first;
    const work = async (): Promise<void> => {
      await using resumer = await startDriver();
      while (counts.ended === 0) {
        if (part === 'quick' && performance.now() - startMs > quickMs) return;
        const deathAt = next;
        next += stride;
        counts[await killAt(deathAt, { folder, reference, resumer })] += 1;
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    expect(counts.died).toBeGreaterThan(part === 'quick' ? 3 : 60);
    expect(counts.unknown).toBeLessThanOrEqual(3);
    return (
      `SIGKILL at ${counts.died + counts.unknown} commits (every ${stride}., from ${first} to ${next - stride}): same deliverable, ` +
      `no finished call again, none lost, within the budget; ${counts.unknown} inside a call that acts once only, which ended with that reason`
    );
  }),
);
