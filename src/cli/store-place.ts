/** Where a store is, as `--store` names it: a path, or the address of a database. */
import { existsSync } from 'node:fs';

/** Whether it is an address of PostgreSQL. */
export function isAddress(location: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(location);
}

/** Looking for a run must not make a store: a path has to be there. What an address leads to is never made by looking. */
export function isThere(location: string): boolean {
  return isAddress(location) || existsSync(location);
}

/** A text without the passwords of addresses in it: those before an `@`, and those of a `password` parameter. */
export function hidePasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*):[^\s/?#]*@/gi, '$1@')
    .replace(/([?&](?:ssl)?password=)[^&\s#'"]*/gi, '$1…');
}
