/** Units of an HTML file: the sentences of each block, under the headings above it. */
import { readHtml } from './html-text.ts';
import { HeadingPath, type Unit, UnitCollector } from './unit.ts';

/** @param html with `\n` as its only line break. */
export function htmlUnits(path: string, html: string): Unit[] {
  const collector = new UnitCollector(path);
  const headings = new HeadingPath();
  for (const { level, inTitle, pieces } of readHtml(html).blocks) {
    if (level === 0) {
      collector.add(pieces, headings.path(), inTitle ? 'line' : 'sentences');
    } else {
      collector.add(pieces, headings.enter(level, pieces.map(({ text }) => text).join(' ')), 'line');
    }
  }
  return collector.units;
}
