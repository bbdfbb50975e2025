/**
 * Text of a model, as Markdown. It is never trusted: raw HTML stays text, links go nowhere but to http, https and mailto,
 * and nothing is loaded from elsewhere (an image becomes a link).
 */
import MarkdownToJsx from 'markdown-to-jsx';
import type { ReactNode } from 'react';

/** Longer texts are shown as they are: parsing them would hold the page up. */
const longestMarkdown = 200_000;

export function Markdown({ text }: { text: string }) {
  if (text.length > longestMarkdown) return <pre className="text">{text}</pre>;
  return (
    <div className="markdown">
      <MarkdownToJsx options={options}>{text}</MarkdownToJsx>
    </div>
  );
}

/** @returns the address, or null for one that could act. */
export function safeAddress(address: string | undefined): string | null {
  if (address === undefined) return null;
  // Browsers skip control characters and blanks within a scheme.
  const plain = address.replace(/[\p{Cc}\s]+/gu, '');
  return /^(?:https?:\/\/|mailto:)/i.test(plain) ? plain : null;
}

function Link({ href, children }: { href?: string; children?: ReactNode }) {
  const address = safeAddress(href);
  if (address === null) return <span>{children}</span>;
  return (
    <a href={address} rel="noreferrer noopener" target="_blank">
      {children}
    </a>
  );
}

function Image({ src, alt }: { src?: string; alt?: string }) {
  return <Link {...(src === undefined ? {} : { href: src })}>{`Image: ${alt ?? src ?? ''}`}</Link>;
}

const options = {
  disableParsingRawHTML: true,
  forceBlock: true,
  forceWrapper: true,
  sanitizer: (value: string) => safeAddress(value),
  overrides: {
    a: { component: Link },
    img: { component: Image },
    iframe: { component: () => null },
    // A heading of a result is not one of the page.
    h1: { component: 'h4' as const, props: { className: 'heading-1' } },
    h2: { component: 'h4' as const, props: { className: 'heading-2' } },
    h3: { component: 'h5' as const },
    h4: { component: 'h5' as const },
    h5: { component: 'h6' as const },
  },
};
