/**
 * The tagged sections of a request. A tag opens or closes a section only at the start of a line; anywhere else it is
 * text. Linear in the text's length.
 */
import { parseJson } from './read-prompt.ts';

export interface Dependency {
  id: string;
  role: string;
  text: string;
}

export interface ExecuteSections {
  dependencies: Dependency[];
  /** The whole request when it holds no section at all. */
  instruction: string;
  feedback: string;
  /** The JSON Schema that the answer has to follow, when one is asked for. */
  outputSchema?: unknown;
}

/** The text between the first `<name>` and the next `</name>`; undefined without an opening tag. */
export function readSection(text: string, name: string): string | undefined {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`<${name}>`));
  return start === -1 ? undefined : sectionFrom(lines, start, name).text;
}

const dependencyTag = /^<dependency\s([^>]{0,1000})>\s*$/;

/** The last instruction counts: a dependency's text that pretends to end early stands before it. */
export function readExecuteSections(request: string): ExecuteSections {
  const sections: ExecuteSections = { dependencies: [], instruction: '', feedback: '' };
  const lines = request.split('\n');
  let found = false;
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const tag = line.startsWith('<dependency') ? dependencyTag.exec(line) : null;
    const name = ['instruction', 'feedback', 'output_schema'].find((known) => line.startsWith(`<${known}>`));
    if (tag === null && name === undefined) {
      at += 1;
      continue;
    }
    const section = sectionFrom(lines, at, name ?? 'dependency');
    if (name === 'instruction') sections.instruction = section.text;
    else if (name === 'feedback') sections.feedback = section.text;
    else if (name === 'output_schema') sections.outputSchema = schemaIn(section.text);
    else sections.dependencies.push({ id: attribute(tag?.[1], 'id'), role: attribute(tag?.[1], 'role'), text: section.text });
    found = true;
    at = section.next;
  }
  return found ? sections : { ...sections, instruction: request.trim() };
}

/** The section says in words that JSON is wanted; the schema is its last part. */
function schemaIn(text: string): unknown {
  const start = text.search(/^\{/m);
  return start === -1 ? {} : parseJson(text.slice(start));
}

/** The section opened in line `start`, on one line or over several, and the line after it. */
function sectionFrom(lines: string[], start: number, name: string): { text: string; next: number } {
  const opening = lines[start] ?? '';
  const first = opening.slice(opening.indexOf('>') + 1);
  const close = `</${name}>`;
  if (first.trimEnd().endsWith(close)) return { text: first.trimEnd().slice(0, -close.length).trim(), next: start + 1 };
  let end = start + 1;
  while (end < lines.length && !lines[end]?.startsWith(close)) end += 1;
  return { text: [first, ...lines.slice(start + 1, end)].join('\n').trim(), next: end + 1 };
}

function attribute(attributes: string | undefined, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes ?? '')?.[1] ?? '';
}
