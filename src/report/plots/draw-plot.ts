/**
 * Draws a plot to SVG text. Observable Plot and the document it draws in are loaded at the first plot: nothing that draws
 * none pays for them. The result has no script, no style element, no id and nothing random.
 */
import type * as PlotModule from '@observablehq/plot';
import { cutText, html, trustHtml } from '../html.ts';
import { fontSize } from './plot-size.ts';

export interface Drawing {
  width: number;
  height: number;
  /** What the plot shows, for who does not see it. */
  label: string;
  options: (plot: typeof PlotModule) => PlotModule.PlotOptions;
}

const labelLength = 1000;

/** @returns an `<svg>` element; its text follows `currentColor`. */
export async function drawPlot({ width, height, label, options }: Drawing): Promise<string> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot.plot({ className: 'plot', figure: false, ...options(plot), width, height, document });
  for (const style of svg.querySelectorAll('style')) style.remove();
  // An image has one name: what its parts are is for styles and tests, in their classes.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.setAttribute('font-size', String(fontSize));
  const rest = trustHtml(svg.outerHTML.slice('<svg'.length));
  return html`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${cutText(label, labelLength)}"${rest}`.markup;
}
