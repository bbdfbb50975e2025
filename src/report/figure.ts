/** A plot on a page: drawn for a wide and for a narrow window, with its caption and its data as a table. */
import { type Html, type HtmlValue, html, trustHtml } from './html.ts';
import { renderTable, type Table } from './table.ts';

export interface Figure {
  caption: HtmlValue;
  /** Draws it so many px wide; one of `plots/`. */
  plot: (width: number) => Promise<string>;
  /** What is drawn, in numbers. */
  table: Table;
}

/** px. Up to a window of 45 rem the narrow one is shown: at 390 px its text keeps its size. */
const wide = 760;
const narrow = 350;

export async function renderFigure({ caption, plot, table }: Figure): Promise<Html> {
  return html`<figure>
<div class="wide">${inline(await plot(wide))}</div>
<div class="narrow">${inline(await plot(narrow))}</div>
<figcaption>${caption}</figcaption>
<details><summary>The data as a table</summary>
${renderTable(table)}
</details>
</figure>`;
}

/** Inside HTML the element is SVG by its name. */
function inline(svg: string): Html {
  return trustHtml(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ''));
}
