/** The style of the pages on file, for their sections inside the app, in the theme that the app has. */
import { darkColors, lightColors, sectionStyle } from 'planwright/browser';

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
.report { ${lightColors} }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) .report { ${darkColors} } }
:root[data-theme="dark"] .report { ${darkColors} }
.report { ${sectionStyle} }
/* What the app's own style says of the same things, and a page on file does not. */
.report :is(.scroll, th, td) { border-width: 0 0 1px; }
.report .scroll { border: 0; border-radius: 0; background: none; }
.report tbody td { white-space: normal; }
.report caption { font-weight: 400; }
.report section:first-child > h2 { margin-top: 1rem; }`);

export function applyReportStyle(): void {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
