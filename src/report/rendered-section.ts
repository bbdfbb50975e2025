/** A section by itself, for a page that is somebody else's: the web app shows the very sections that a page on file has. */
import type { PageSection } from './page.ts';

export interface RenderedSection {
  /** Of its anchor on a page; within the app, its name. */
  id: string;
  title: string;
  /** Escaped by construction (html.ts): no script, no handler, no address but `#` anchors of sections and what is in them. */
  html: string;
}

export function renderSections(sections: readonly PageSection[]): RenderedSection[] {
  return sections.map(({ id, title, body }) => ({ id, title, html: body.markup }));
}
