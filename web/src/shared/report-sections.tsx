/**
 * Sections of the page that `planwright show --html` or `compare --html` writes, inside the app. Their markup is escaped where
 * it is made (src/report/html.ts), and the content-security policy lets no script of it run.
 */
import type { RenderedSection } from 'planwright/browser';
import { type MouseEvent, memo, useLayoutEffect, useRef } from 'react';

/** `titles`: whether each section says what it is; a page that shows one alone has said it. */
export function ReportSections({ sections, titles = true }: { sections: readonly RenderedSection[]; titles?: boolean }) {
  return (
    <div className="report" onClick={followAnchor}>
      {sections.map(({ id, title, html }) => (
        <section key={id} id={`report-${id}`} aria-label={title}>
          {titles ? <h2>{title}</h2> : null}
          <Markup html={html} />
        </section>
      ))}
    </div>
  );
}

/** Anew only when it is another one; what a reader had opened stays open. */
const Markup = memo(({ html }: { html: string }) => {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const opened = new Set([...element.querySelectorAll('details')].flatMap((one, at) => (one.open ? [at] : [])));
    const focused = [...element.querySelectorAll('summary')].indexOf(document.activeElement as HTMLElement);
    element.innerHTML = html;
    for (const [at, one] of element.querySelectorAll('details').entries()) if (opened.has(at)) one.open = true;
    element.querySelectorAll('summary')[focused]?.focus();
  }, [html]);
  return <div ref={box} />;
});

/** The app's address says which page it is on: an anchor of a report only moves to what it names. */
function followAnchor(event: MouseEvent<HTMLElement>): void {
  if (!(event.target instanceof Element)) return;
  const name = event.target.closest('a[href^="#"]')?.getAttribute('href')?.slice(1);
  if (name === undefined) return;
  event.preventDefault();
  const target = event.currentTarget.querySelector(`[id="${CSS.escape(name)}"], [id="report-${CSS.escape(name)}"]`);
  target?.scrollIntoView({ block: 'start' });
}
