/** The one style of every page: its colors, its frame, its sections. A change of theme changes the variables, and so the plots. */
import { darkColors, lightColors } from './page-colors.ts';
import { sectionStyle } from './section-style.ts';

export const pageStyle = `
:root {
  color-scheme: light dark;
  ${lightColors}
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    ${darkColors}
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 50rem; background: var(--pw-paper); color: var(--pw-ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; }
${sectionStyle}.kind { margin: 0 0 .25rem; color: var(--pw-quiet); font-size: .875rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; margin: 1rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
nav li { margin: 0; }
@media (max-width: 45rem) {
  body { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.5rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  nav, .back { display: none; }
  h2, h3, summary { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  pre { max-height: none; }
  .scroll { overflow: visible; }
  .wide { display: block; }
  .narrow { display: none; }
}
`;
