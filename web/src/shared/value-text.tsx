/** A result or an input: text as Markdown, anything else as indented JSON. */
import type { Json } from 'planwright/browser';
import { useState } from 'react';
import { Markdown } from './markdown.tsx';

export function ValueText({ value, plain = false }: { value: Json; plain?: boolean }) {
  const [isRaw, setRaw] = useState(plain);
  if (value === null) return <p className="quiet">None.</p>;
  if (typeof value !== 'string') return <pre className="text">{JSON.stringify(value, null, 2)}</pre>;
  return (
    <div className="value">
      {isRaw ? <pre className="text">{value}</pre> : <Markdown text={value} />}
      <button type="button" className="link-button" onClick={() => setRaw(!isRaw)}>
        {isRaw ? 'Show formatted' : 'Show as plain text'}
      </button>
    </div>
  );
}
