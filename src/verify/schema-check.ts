/** The schema check: is the result JSON, and of the given form? */
import type { Json } from '../json.ts';
import type { JsonSchema } from '../plan/plan.ts';
import { quoteText } from '../plan/quote-value.ts';
import { inspectSchema } from './schema-inspect.ts';
import { validateJson } from './schema-validate.ts';
import type { CheckOutcome } from './verdict-parts.ts';

/** Text counts as the JSON it holds, a code fence around the whole of it aside; as a string only where the schema names that type. */
export function checkSchema(output: Json, schema: JsonSchema): CheckOutcome {
  const problem = inspectSchema(schema);
  if (problem !== null) {
    const at = problem.path.length === 0 ? '' : ` at ${problem.path.join('.')}`;
    return { kind: 'undecided', detail: `The schema cannot be used${at}: ${problem.message}.` };
  }
  if (typeof output !== 'string') return judge(output, schema);
  if (allowsText(schema) && validateJson(schema, output).kind === 'valid')
    return { kind: 'passed', detail: 'The text has the form of the schema.' };
  const parsed = parseJsonText(output);
  if (parsed.kind === 'parsed') return judge(parsed.value, schema);
  if (allowsText(schema)) return judge(output, schema);
  return { kind: 'failed', detail: `The result is not JSON: ${parsed.reason}. It begins ${quoteText(output.trim(), 80)}.` };
}

export type JsonTextParsing = { kind: 'parsed'; value: Json } | { kind: 'not-json'; reason: string };

/** JSON text, alone or as the one code block of the text. */
export function parseJsonText(text: string): JsonTextParsing {
  try {
    const value: Json = JSON.parse(takeOffFence(text.trim()));
    return { kind: 'parsed', value };
  } catch (thrown) {
    return { kind: 'not-json', reason: thrown instanceof Error ? thrown.message.slice(0, 200) : 'it cannot be parsed' };
  }
}

function takeOffFence(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```') || text.length < 7) return text;
  const bodyStart = text.indexOf('\n');
  return bodyStart < 0 ? text : text.slice(bodyStart + 1, -3);
}

function judge(value: Json, schema: JsonSchema): CheckOutcome {
  const validation = validateJson(schema, value);
  switch (validation.kind) {
    case 'valid':
      return { kind: 'passed', detail: 'The result has the form of the schema.' };
    case 'invalid':
      return { kind: 'failed', detail: validation.findings.join('; ') };
    case 'undecided':
      return { kind: 'undecided', detail: `The schema check was given up: ${validation.reason}.` };
  }
}

function allowsText(schema: JsonSchema): boolean {
  return schema.type === 'string' || (Array.isArray(schema.type) && schema.type.includes('string'));
}
