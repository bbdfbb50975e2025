/** What of an answer is handed over: text. HTML becomes readable text, anything that is not text is refused. */
import { readHtml } from '../../documents/html-text.ts';

export type ReadText = { kind: 'text'; text: string; title?: string; contentType: string } | { kind: 'refused'; reason: string };

const textTypes =
  /^(?:text\/.+|application\/(?:.+\+)?(?:json|xml)|application\/(?:x-)?(?:javascript|ecmascript|yaml|ndjson|sh|toml|sql)|image\/svg\+xml|message\/.+)$/;
const htmlTypes = new Set(['text/html', 'application/xhtml+xml']);

/** @param contentType The header as it came. */
export function readText(body: Buffer, contentType: string | undefined): ReadText {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const kind = type.toLowerCase();
  if (kind !== '' && !textTypes.test(kind)) {
    return { kind: 'refused', reason: `The answer is ${kind.slice(0, 100)}; only text is handed over.` };
  }
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter))?.slice('charset='.length);
  const isHtml = htmlTypes.has(kind);
  const decoded = decode(body, charset?.replace(/^"|"$/g, '') ?? (isHtml ? findMetaCharset(body) : undefined));
  if (decoded.includes('\0')) return { kind: 'refused', reason: 'The answer is not text: it holds NUL characters.' };
  const shown = kind === '' ? 'unknown' : kind;
  const lines = decoded.replace(/\r\n?/g, '\n');
  return isHtml ? { kind: 'text', contentType: shown, ...renderHtml(lines) } : { kind: 'text', contentType: shown, text: lines };
}

/** UTF-8 where the label is none or no encoding's; what can't be decoded becomes U+FFFD. */
function decode(body: Buffer, label: string | undefined): string {
  const marked =
    body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(marked ?? label ?? 'utf-8').decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/** Within the first 1,024 bytes, as the HTML standard has it. */
function findMetaCharset(body: Buffer): string | undefined {
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i.exec(body.subarray(0, 1024).toString('latin1'))?.[1];
}

/** One block a paragraph, headings marked with `#`. */
function renderHtml(html: string): { text: string; title?: string } {
  const { blocks } = readHtml(html);
  const textOf = (block: (typeof blocks)[number]): string => block.pieces.map(({ text }) => text).join(' ');
  const title = blocks
    .filter(({ inTitle }) => inTitle)
    .map(textOf)
    .join(' ')
    .slice(0, 500);
  const paragraphs = blocks
    .filter(({ inTitle }) => !inTitle)
    .map((block) => (block.level === 0 ? textOf(block) : `${'#'.repeat(block.level)} ${textOf(block)}`));
  return { text: paragraphs.join('\n\n'), ...(title === '' ? {} : { title }) };
}
