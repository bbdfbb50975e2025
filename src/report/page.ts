/**
 * The shell of every page that is written to a file: one document that needs nothing else. It has no script, no address
 * but its own anchors, and a policy that lets a browser load nothing, whatever the text in it says.
 */
import { createHash } from 'node:crypto';
import { type Html, html, trustHtml } from './html.ts';
import { formatInstant } from './numbers.ts';
import { pageStyle } from './page-style.ts';

export interface PageSection {
  /** Of the anchor: letters, digits and hyphens. */
  id: string;
  title: string;
  body: Html;
}

export interface Page {
  title: string;
  /** What sort of page it is, above the title: `Comparison`. */
  kind: string;
  /** ms since the Unix epoch; a page without it says no date, so that the same data give the same bytes. */
  createdMs?: number;
  sections: PageSection[];
}

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(pageStyle).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** @returns a whole HTML document. */
export function renderPage({ title, kind, createdMs, sections }: Page): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Planwright">
<title>${title}</title>
<style>${trustHtml(pageStyle)}</style>
</head>
<body>
<header>
<p class="kind">Planwright · ${kind}</p>
<h1>${title}</h1>
${createdMs !== undefined && html`<p class="quiet">Made ${formatInstant(createdMs)}</p>`}
<nav aria-label="Sections"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(renderSection)}
</main>
</body>
</html>
`;
  return document.markup;
}

function renderSection({ id, title, body }: PageSection): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}
