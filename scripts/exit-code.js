import { constants } from 'node:os';

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} the child's exit code, or 128 + the number of the signal that ended it
 * @throws when the child could not be started
 */
export function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
