/** A folder of journals, one a month: `2026-10.txt`, `2026-11.txt`. */
import { constants, copyFile, mkdir, readdir, unlink } from 'node:fs';
import { join } from 'node:path';

/** callback(error, names), in the order of the months. A folder that isn't there yet has none. */
export function listJournals(folder, callback) {
  readdir(folder, (error, names) => {
    if (error?.code === 'ENOENT') return callback(null, []);
    if (error) return callback(error);
    callback(null, names.filter((name) => /^\d{4}-\d{2}\.txt$/.test(name)).toSorted());
  });
}

/** Moves the journals of the months before `month` into archive/. callback(error, names): the first error, once. */
export function archiveBefore(folder, month, callback) {
  const archive = join(folder, 'archive');
  listJournals(folder, (error, names) => {
    if (error) return callback(error);
    const old = names.filter((name) => name < `${month}.txt`);
    mkdir(archive, { recursive: true }, (failed) => {
      if (failed || old.length === 0) return callback(failed, []);
      let left = old.length;
      for (const name of old) {
        moveNew(join(folder, name), join(archive, name), (broken) => {
          if (left < 0) return;
          left = broken ? -1 : left - 1;
          if (broken) callback(broken);
          else if (left === 0) callback(null, old);
        });
      }
    });
  });
}

/** Nothing is written over. */
function moveNew(from, to, callback) {
  copyFile(from, to, constants.COPYFILE_EXCL, (error) => (error ? callback(error) : unlink(from, callback)));
}
