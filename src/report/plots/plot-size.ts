/** What all plots share of sizes, in px. */

export interface PlotSize {
  /** px; default 760. The height follows from what is drawn. */
  width?: number;
}

export const defaultWidth = 760;
/** px, of all text in a plot. */
export const fontSize = 12;
