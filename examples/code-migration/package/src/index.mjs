export { archiveBefore, listJournals } from './catalog.mjs';
export { formatEntry, parseEntry } from './entry.mjs';
export { appendEntry, readEntries } from './journal.mjs';
export { totalByLabel } from './totals.mjs';
