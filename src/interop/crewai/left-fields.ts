/** Fields of an entry that are not carried over, said once each. */
import { ClosestId } from '../../plan/closest-id.ts';
import { quoteText } from '../../plan/quote-value.ts';
import type { LeftField } from './crew-fields.ts';
import type { CrewFile } from './crew-file.ts';

export interface KnownFields {
  carried: readonly string[];
  left: Readonly<Record<string, LeftField>>;
}

export function noteLeftFields(file: CrewFile, entry: string, { carried, left }: KnownFields): void {
  for (const [key, value] of Object.entries(file.entries.get(entry) ?? {})) {
    if (carried.includes(key)) continue;
    const field = Object.hasOwn(left, key) ? left[key] : undefined;
    if (field === undefined) {
      file.note('unknown-key', [entry, key], () => {
        const closest = new ClosestId([...carried, ...Object.keys(left)]).find(key);
        const hint = closest === undefined ? '' : ` Did you mean ${quoteText(closest)}?`;
        return `${quoteText(key)} is no field that CrewAI knows.${hint}`;
      });
    } else if (field.harmless?.(value) !== true) {
      file.note(field.code, [entry, key], () => `${quoteText(key)} is not carried over. ${field.message}`);
    }
  }
}
