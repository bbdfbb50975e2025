/** The command's words, and what it says. */
import { join } from 'node:path';
import { archiveBefore } from './catalog.mjs';
import { appendEntry } from './journal.mjs';
import { totalByLabel } from './totals.mjs';

const commands = { add, archive, total };

/** callback(error). `say` gets one line at a time. */
export function run([name, ...words], surroundings, callback) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : null;
  if (command === null) return process.nextTick(callback, new Error('worklog add DAY MINUTES LABEL | archive MONTH | total'));
  command(words, surroundings, callback);
}

function add([day = '', minutes, ...words], { folder, say }, callback) {
  const entry = { day, minutes, label: words.join(' ') };
  appendEntry(join(folder, `${day.slice(0, 7)}.txt`), entry, (error, written) => {
    if (error) return callback(error);
    say(`${written.minutes} minutes of ${written.label}`);
    callback(null);
  });
}

function archive([month = ''], { folder, say }, callback) {
  archiveBefore(folder, month, (error, names) => {
    if (error) return callback(error);
    for (const name of names) say(`archived ${name}`);
    callback(null);
  });
}

function total(_words, { folder, say }, callback) {
  totalByLabel(folder, (error, totals) => {
    if (error) return callback(error);
    for (const [label, minutes] of Object.entries(totals)) say(`${minutes} ${label}`);
    callback(null);
  });
}
