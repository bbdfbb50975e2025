/** Texts from hostile JSON: bounded in depth and size, whatever the value is. */

const maxDepth = 40;
const maxNodes = 20_000;

/** JSON text with sorted keys, so that equal inputs have equal texts. Deeper than 40 levels, beyond 20,000 values and in a cycle: `…`. */
export function canonicalJson(value: unknown): string {
  let nodes = 0;
  const write = (part: unknown, depth: number): string => {
    nodes += 1;
    if (depth > maxDepth || nodes > maxNodes) return '"…"';
    if (Array.isArray(part))
      return `[${takeFew(part)
        .map((item) => write(item, depth + 1))
        .join(',')}]`;
    if (typeof part === 'object' && part !== null) {
      const entries = takeFew(Object.entries(part)).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item, depth + 1)}`).join(',')}}`;
    }
    return JSON.stringify(part) ?? 'null';
  };
  return write(value, 0);
}

function takeFew<Item>(items: readonly Item[]): readonly Item[] {
  return items.length > maxNodes ? items.slice(0, maxNodes) : items;
}

/** Arguments as a model wrote them: JSON in a text, or a value. */
export function canonicalInput(input: unknown): string {
  if (typeof input !== 'string') return canonicalJson(input ?? {});
  try {
    return canonicalJson(JSON.parse(input));
  } catch {
    return input;
  }
}

/** A message's content: text, a list of parts, null, or anything at all. */
export function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (Array.isArray(content))
    return takeFew(content)
      .map(textOfPart)
      .filter((text) => text !== '')
      .join('\n');
  return canonicalJson(content);
}

function textOfPart(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null) return '';
  if ('text' in part && typeof part.text === 'string') return part.text;
  if ('content' in part && typeof part.content === 'string') return part.content;
  return 'type' in part && typeof part.type === 'string' ? `[${part.type}]` : canonicalJson(part);
}

const failing =
  /^\s*(?:\W{0,3}(?:error|exception|failed|failure|fatal|traceback|unauthorized|forbidden|not found|invalid|timeout|timed out)\b|exit ?code:? [1-9])|^\s*\{[^{}]{0,200}"(?:error|exception)"\s*:\s*(?!null|false|""|\{\}|\[\])|"(?:is_?error|isError)"\s*:\s*true|"(?:success|ok)"\s*:\s*false|"status"\s*:\s*"(?:error|failed|failure)"/i;

/** Whether what a tool gave back says that the call failed. */
export function isFailure(text: string): boolean {
  return failing.test(text.slice(0, 500));
}
