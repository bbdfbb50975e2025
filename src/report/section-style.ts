/**
 * The style of a page's sections, wherever they stand: in a page of their own, or inside the web app, which scopes it.
 * Nothing here is about the page around them.
 */
export const sectionStyle = `h2 { margin: 3rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--pw-line); font-size: 1.3rem; line-height: 1.3; }
h3 { margin: 2rem 0 .5rem; font-size: 1.05rem; line-height: 1.35; }
p, ul, dl { margin: .6rem 0; }
li { margin: .25rem 0; }
a { color: var(--pw-link); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--pw-link); outline-offset: 2px; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { padding: .1em .3em; border-radius: 3px; background: var(--pw-panel); }
pre { margin: .5rem 0; padding: .75rem 1rem; border-radius: 4px; background: var(--pw-panel); white-space: pre-wrap; max-height: 30rem; overflow: auto; }
pre code { padding: 0; background: none; font-size: 1em; }
.quiet { color: var(--pw-quiet); font-size: .9rem; }
.answer { margin: .5rem 0 1rem; font-size: 1.25rem; line-height: 1.4; font-weight: 600; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(5.2rem, 1fr)); gap: .5rem; }
.facts div { padding: .55rem .6rem; border: 0; border-radius: 4px; background: var(--pw-panel); }
.facts dt { color: var(--pw-quiet); font-size: .8rem; line-height: 1.3; }
.facts dd { display: block; margin: .15rem 0 0; font-size: 1.05rem; overflow-wrap: normal; font-weight: 600; font-variant-numeric: tabular-nums; }
.pairs { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
.pairs dt { color: var(--pw-quiet); }
.pairs dd { margin: 0; white-space: pre-wrap; }
.scroll { position: relative; overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.4; overflow-wrap: break-word; }
caption { padding: .25rem 0; color: var(--pw-quiet); text-align: left; }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--pw-line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
tbody th { font-weight: 400; min-width: 7rem; max-width: 22rem; }
.number { text-align: right; padding-left: .6rem; font-variant-numeric: tabular-nums; }
.share-bar { display: inline-block; width: 4rem; height: .5rem; margin-right: .5rem; border-radius: 2px; background: var(--pw-panel); }
figure { margin: 1rem 0 1.5rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figure svg text { white-space: pre; }
figcaption { margin-top: .5rem; color: var(--pw-quiet); font-size: .9rem; }
summary { cursor: pointer; color: var(--pw-quiet); font-size: .9rem; }
figure details { margin-top: .35rem; }
.narrow { display: none; }
.graph svg { margin: 0 auto; }
.graph:has(input:checked) svg { max-width: none; }
.graph label { font-size: .9rem; }
.graph a:focus-visible rect { stroke-width: 4; }
.subtask { margin: .5rem 0; border: 1px solid var(--pw-line); border-radius: 6px; }
.subtask > summary { padding: .5rem .75rem; color: var(--pw-ink); }
.subtask > div { padding: 0 .75rem .75rem; }
.subtask h3 { margin: .9rem 0 .3rem; font-size: .95rem; }
.subtask details { margin: .4rem 0; }
.subtask:target { outline: 3px solid var(--pw-link); }
.subtask pre { max-height: 20rem; }
article { margin: 1.5rem 0; padding: .25rem 1rem .75rem; border: 1px solid var(--pw-line); border-radius: 6px; }
article h3 { margin-top: .75rem; }
:target { scroll-margin-top: 1rem; }
article:target { outline: 3px solid var(--pw-link); }
.level-1 { padding-left: 1rem; } .level-2 { padding-left: 2rem; } .level-3 { padding-left: 3rem; }
@media (max-width: 45rem) {
  .wide { display: none; }
  .narrow { display: block; }
  tbody th { min-width: 5rem; }
  th, td { padding-right: .4rem; }
  .number { padding-left: .4rem; }
  .pairs { grid-template-columns: 1fr; gap: 0; }
  .pairs dd { margin-bottom: .4rem; }
  article { padding: .25rem .75rem .5rem; }
}
`;
