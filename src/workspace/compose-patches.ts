import { compareText } from '../documents/compare-text.ts';
import { PlanwrightError } from '../errors.ts';
import { continueHistory, joinHistories, toHistory } from './history.ts';
import { afterOf, beforeOf, changeBetween, historyOf, type Patch, type PatchChange, sameVersion } from './patch.ts';
import { showPath } from './tree-rules.ts';

/**
 * Two patches one after the other as one from the first's base. It remembers what the second was built on: a merge with
 * another patch that was built on the same takes the newer version and sees no conflict.
 * @param second Made from the tree that `first` makes.
 * @throws {PlanwrightError} `patch-mismatch` when it was made from another, naming the file.
 */
export function composePatches(first: Patch, second: Patch): Patch {
  const changes = new Map(first.changes.map((change) => [change.path, [change]]));
  for (const change of second.changes) {
    const [earlier] = changes.get(change.path) ?? [];
    changes.set(change.path, earlier === undefined ? [change] : composeChanges(earlier, change));
  }
  return { version: 1, changes: [...changes.values()].flat().toSorted((a, b) => compareText(a.path, b.path)) };
}

function composeChanges(first: PatchChange, second: PatchChange): PatchChange[] {
  if (!sameVersion(afterOf(first), beforeOf(second))) {
    throw new PlanwrightError(
      'patch-mismatch',
      `The second patch was not made from what the first makes of ${showPath(first.path)}.`,
      { details: { path: first.path } },
    );
  }
  const history = toHistory(continueHistory(joinHistories([historyOf(first)]), historyOf(second)));
  return changeBetween(first.path, beforeOf(first), { after: afterOf(second), history });
}
