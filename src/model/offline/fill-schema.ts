/** A finished text in the form of a JSON Schema, as far as its fields say plainly what goes into them. */
import { findCitations, formatPlace } from './citations.ts';
import { readFindings } from './read-findings.ts';
import { isObject } from './tool-shapes.ts';

const textField =
  /^(?:report|answer|summary|text|result|output|deliverable|content|body|markdown|response|message|conclusion|findings?)$/i;
const titleField = /^(?:title|heading|headline|name|topic|subject)$/i;
const sourceField = /^(?:citations?|sources?|references?|evidence|places?)$/i;
const quoteField = /^(?:quotes?|statements?|facts|points|keyPoints|key_points|lines|findings|items)$/i;
const gapField = /^(?:notFound|not_found|missing|gaps|unanswered|open)$/i;
const foundField = /^(?:found|answered|success|ok|hasAnswer)$/i;

/** JSON text; undefined when a required field has no plain meaning. */
export function fillSchema(text: string, schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined;
  if (schema.type === 'string') return JSON.stringify(text);
  if (!isObject(schema.properties))
    return schema.type === undefined || schema.type === 'object' ? JSON.stringify({ text }) : undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const filled: Record<string, unknown> = {};
  const properties = Object.entries(schema.properties);
  const onlyString = properties.filter(([, property]) => isObject(property) && property.type === 'string').length === 1;
  for (const [name, property] of properties) {
    const value = isObject(property) ? valueFor(name, property, text, onlyString) : undefined;
    if (value !== undefined) filled[name] = value;
    else if (required.includes(name)) return undefined;
  }
  return JSON.stringify(filled);
}

function valueFor(name: string, property: { [key: string]: unknown }, text: string, onlyString: boolean): unknown {
  const findings = readFindings(text);
  const citations = findings.sections.flatMap((section) => section.statements.flatMap((statement) => statement.citations));
  switch (property.type) {
    case 'string':
      if (Array.isArray(property.enum)) return undefined;
      if (titleField.test(name)) return /^# (.+)$/m.exec(text)?.[1] ?? text.split('\n', 1)[0];
      return textField.test(name) || onlyString ? text : undefined;
    case 'boolean':
      return foundField.test(name) ? citations.length > 0 || findings.calculations.length > 0 : undefined;
    case 'number':
    case 'integer': {
      const value =
        findings.calculations.length === 1 ? Number(findings.calculations[0]?.split('=').at(-1)?.replace(/,/g, '')) : Number.NaN;
      return Number.isFinite(value) && (property.type === 'number' || Number.isInteger(value)) ? value : undefined;
    }
    case 'array': {
      const holdsText = isObject(property.items) && property.items.type === 'string';
      if (!holdsText) return undefined;
      if (sourceField.test(name)) return citations.map((citation) => formatPlace(citation).slice(1, -1));
      if (quoteField.test(name)) return text.split('\n').flatMap((line) => findCitations(line).map((citation) => citation.quote));
      return gapField.test(name) ? findings.notFound : undefined;
    }
    default:
      return undefined;
  }
}
