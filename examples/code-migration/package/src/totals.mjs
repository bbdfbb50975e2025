/** Minutes by label, over all journals of a folder. */
import { join } from 'node:path';
import { listJournals } from './catalog.mjs';
import { readEntries } from './journal.mjs';

/** callback(error, minutes): an object with the labels in alphabetical order. */
export function totalByLabel(folder, callback) {
  listJournals(folder, (error, names) => {
    if (error) return callback(error);
    readNext(folder, names, [], (failed, entries) => (failed ? callback(failed) : callback(null, sum(entries))));
  });
}

/** One file after another. */
function readNext(folder, [name, ...others], before, callback) {
  if (name === undefined) return callback(null, before);
  readEntries(join(folder, name), (error, entries) => {
    if (error) return callback(new Error(`${name}: ${error.message}`, { cause: error }));
    readNext(folder, others, [...before, ...entries], callback);
  });
}

function sum(entries) {
  const totals = {};
  for (const { label } of entries.toSorted((a, b) => (a.label < b.label ? -1 : 1))) totals[label] = 0;
  for (const { label, minutes } of entries) totals[label] += minutes;
  return totals;
}
