import type { StoredValue } from '../events.ts';

/** Length of a result as far as its event tells: its text, or its JSON text where it is stored by hash or no text. */
export function charactersOf(value: StoredValue): number {
  if (value.kind === 'stored') return value.characters;
  return typeof value.value === 'string' ? value.value.length : JSON.stringify(value.value).length;
}
