import * as fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { cleanText, cutText, html, joinHtml, trustHtml } from './html.ts';

test('a value is text, between tags and in an attribute', () => {
  const hostile = `"><script>alert('1')</script>&amp;`;
  const { markup } = html`<p title="${hostile}">${hostile}</p>`;
  expect(markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>',
  );
});

function item(text: string) {
  return html`<li>${text}</li>`;
}

test('markup in markup is not escaped twice, lists are joined, absent values give nothing', () => {
  expect(html`<ul>${['a', '<b>'].map(item)}${false}${null}${undefined}${3}</ul>`.markup).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li>3</ul>',
  );
  expect(joinHtml(['<', html`<b>x</b>`, trustHtml('<i>y</i>')], ' · ').markup).toBe('&lt; · <b>x</b> · <i>y</i>');
});

test('what hides or reorders text is shown as a replacement character', () => {
  expect(cleanText('a\u202Eb\u0000c\u001B[31md\u200Be\uD800f')).toBe('a\uFFFDb\uFFFDc\uFFFD[31md\uFFFDe\uFFFDf');
  expect(cleanText('one\r\ntwo\tthree')).toBe('one\ntwo\tthree');
  // Families are joined by U+200D, which hides nothing.
  expect(cleanText('👨‍👩‍👧 日本語')).toBe('👨‍👩‍👧 日本語');
});

test('a cut is marked, fits, and halves no character', () => {
  expect(cutText('abcdef', 6)).toBe('abcdef');
  expect(cutText('abcdef', 4)).toBe('abc…');
  expect(cutText('ab😀cdef', 4)).toBe('ab…');
});

test('property: any text comes back from a parser as its clean form, and adds no element', () => {
  const risk = fc.constantFrom('', '<script>', '"\'', '</p>', '<!--', '&lt;', ']]>', '</body>');
  const value = fc.tuple(fc.string({ unit: 'binary', maxLength: 60 }), risk, fc.string({ maxLength: 9 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 80, maxLength: 80 }), (list) => {
      const values = list.map((parts) => parts.join(''));
      const body = html`${values.map((text) => html`<p title="${text}">${text}</p>`)}`.markup;
      const { document } = parseHTML(`<!doctype html><html><body>${body}</body></html>`);
      const paragraphs = [...document.querySelectorAll('body *')];
      expect(paragraphs.map(({ textContent }) => textContent)).toEqual(values.map(cleanText));
      expect(paragraphs.map((paragraph) => paragraph.getAttribute('title'))).toEqual(values.map(cleanText));
    }),
    { seed: 3, numRuns: 6 },
  );
});
