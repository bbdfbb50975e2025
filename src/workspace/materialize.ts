/**
 * Writes a tree into a folder. Invariants:
 * 1. Nothing is written outside the folder, whatever links are put into it meanwhile (anchored-folder.ts); nothing that is
 *    there is overwritten.
 * 2. Either the whole tree stands, or the folder is empty again and an error says what could not be written.
 */
import { PlanwrightError } from '../errors.ts';
import { type AnchoredFolder, isStanding, makeFolderIn, openFolder, openNew, pathIn, shownPath } from './anchored-folder.ts';
import type { BlobStore } from './blob-store.ts';
import { forEachAtMost } from './bounded-parallel.ts';
import { emptyFolder } from './empty-folder.ts';
import { errnoOf, toFileError } from './file-error.ts';
import { getFile } from './get-file.ts';
import { listNames } from './list-names.ts';
import { checkTree, type FileMode, findCaseCollisions, type Tree, type TreeFile } from './tree.ts';
import { showPath, type TreeRules } from './tree-rules.ts';

export interface MaterializeOptions {
  rules?: TreeRules;
  signal?: AbortSignal;
}
