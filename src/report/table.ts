/** Tables of a page: they scroll by themselves when the window is narrower than they are. */
import { type Html, type HtmlValue, html } from './html.ts';

export interface TableColumn {
  title: string;
  /** Aligned to the right with digits of one width. */
  isNumber?: true;
}

export interface Table {
  /** Says what the rows are; read aloud, and shown above the table unless `isTitleHidden`. */
  title: string;
  isTitleHidden?: true;
  /** The first names its row. */
  columns: TableColumn[];
  rows: HtmlValue[][];
}

export function renderTable({ title, isTitleHidden, columns, rows }: Table): Html {
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table>
<caption${isTitleHidden && html` class="unseen"`}>${title}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${mark(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, index) => renderCell(cell, index, columns[index]))}</tr>\n`)}</tbody>
</table></div>`;
}

function renderCell(cell: HtmlValue, index: number, column: TableColumn | undefined): Html {
  return index === 0 ? html`<th scope="row"${mark(column)}>${cell}</th>` : html`<td${mark(column)}>${cell}</td>`;
}

function mark(column: TableColumn | undefined): HtmlValue {
  return column?.isNumber === true && html` class="number"`;
}
