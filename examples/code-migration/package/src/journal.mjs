/** A journal is a text file with one entry a line. */
import { appendFile, mkdir, readFile } from 'node:fs';
import { dirname } from 'node:path';
import { formatEntry, parseEntry } from './entry.mjs';

/** callback(error, entries). A file that isn't there yet has no entries. */
export function readEntries(file, callback) {
  readFile(file, 'utf8', (error, text) => {
    if (error?.code === 'ENOENT') return callback(null, []);
    if (error) return callback(error);
    const entries = [];
    for (const [index, line] of text.split('\n').entries()) {
      if (line === '') continue;
      const entry = parseEntry(line);
      if (entry === null) return callback(new Error(`line ${index + 1} is not an entry: ${line}`));
      entries.push(entry);
    }
    callback(null, entries);
  });
}

/** callback(error, entry): the entry as it stands in the file. */
export function appendEntry(file, entry, callback) {
  const line = formatEntry(entry);
  const written = parseEntry(line);
  if (written === null) return process.nextTick(callback, new Error(`not an entry: ${line}`));
  mkdir(dirname(file), { recursive: true }, (error) => {
    if (error) return callback(error);
    appendFile(file, `${line}\n`, (failed) => (failed ? callback(failed) : callback(null, written)));
  });
}
