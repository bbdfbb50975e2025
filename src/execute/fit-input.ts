/** Values as a tool's fields want them: what was written without knowing the tool, and what other tools gave. */
import type { Json } from '../json.ts';
import type { ToolInput } from './tool-input.ts';

/** The part of a JSON Schema that is gone by. */
interface Form {
  type?: Json;
  properties?: Record<string, Form>;
  items?: Form;
}

/** Values without names are given to the fields in their order; more of them than there are fields are one text for the first. */
export function fitInput(input: ToolInput, schema: { [key: string]: unknown }): Json {
  const form = schema as Form;
  if (input.kind === 'fields') return fit(input.fields, { ...form, type: 'object' });
  const names = Object.keys(form.properties ?? {});
  const values = isText(input, form, names) ? [input.text] : input.values;
  const named = names.slice(0, values.length).map((name, at): [string, Json] => [name, values[at] ?? null]);
  return fit(Object.fromEntries(named), { ...form, type: 'object' });
}

/** Digits for a field of text are text: as a number they could lose some. */
function isText({ values }: Extract<ToolInput, { kind: 'values' }>, form: Form, names: readonly string[]): boolean {
  const [only] = values;
  if (values.length > Math.max(1, names.length)) return true;
  return values.length === 1 && typeof only === 'number' && ownForm(form, names[0] ?? '')?.type === 'string';
}

/** Text where text is wanted, and the number that a text says where a number is. */
function fit(value: Json, form: Form | undefined): Json {
  switch (form?.type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'number':
    case 'integer':
      return typeof value === 'string' && /^\s*[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?\s*$/i.test(value) ? Number(value) : value;
    case 'array':
      return Array.isArray(value) ? value.map((item) => fit(item, form.items)) : value;
    case 'object':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fit(part, ownForm(form, key))]));
    default:
      return value;
  }
}

/** Nothing that objects inherit is a field. */
function ownForm({ properties = {} }: Form, key: string): Form | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : undefined;
}
