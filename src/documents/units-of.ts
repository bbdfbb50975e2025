/** One file's units, by its kind. */

import { csvUnits, dataUnits } from './data-units.ts';
import type { DocumentKind } from './document-kind.ts';
import { htmlUnits } from './html-units.ts';
import { markdownUnits } from './markdown-units.ts';
import { sourceUnits } from './source-units.ts';
import type { Unit } from './unit.ts';

/** @param text with `\n` as its only line break. Units are in the order of their first lines. */
export function unitsOf(path: string, kind: DocumentKind, text: string): Unit[] {
  switch (kind) {
    case 'markdown':
    case 'text':
      return markdownUnits(path, text.split('\n'), kind);
    case 'html':
      return htmlUnits(path, text);
    case 'data':
      return dataUnits(path, text.split('\n'));
    case 'csv':
      return csvUnits(path, text.split('\n'));
    case 'source':
      return sourceUnits(path, text.split('\n'));
  }
}
