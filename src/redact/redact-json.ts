/**
 * Redaction inside JSON: texts are redacted; keys, numbers and what other parts go by (ids, roles, hashes) are left. The same
 * object is handed back when nothing in it matched.
 */
import type { Json } from '../json.ts';
import type { TextRedactor } from './redactor.ts';

type JsonObject = { [key: string]: Json };

/** As deep as values are looked into; what is deeper is redacted as the JSON text that it is. */
const maxDepth = 200;

/** Every text of a value, as `redactAnswer` does it. */
export function redactJson(value: Json, redactor: TextRedactor, depth = 0): Json {
  if (typeof value === 'string') return redactAnswer(value, redactor, depth);
  if (value === null || typeof value !== 'object') return value;
  if (depth > maxDepth) return redactDeep(value, redactor);
  if (Array.isArray(value)) {
    const items = value.map((item) => redactJson(item, redactor, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  return redactObject(value, redactor, depth);
}

/**
 * A text that is JSON as a whole (a plan, a typed answer, in a code fence or not) keeps its form: the texts in it are redacted.
 * Any other text is redacted as it stands.
 */
export function redactAnswer(text: string, redactor: TextRedactor, depth = 0): string {
  const { before, inner, after } = splitFence(text);
  const parsed = depth > maxDepth ? undefined : parseStructure(inner);
  if (parsed === undefined) return redactPlainText(text, redactor, depth);
  try {
    const redacted = redactJson(parsed, redactor, depth + 1);
    return redacted === parsed ? text : `${before}${JSON.stringify(redacted)}${after}`;
  } catch (thrown) {
    // Nested deeper than V8 can write again.
    if (thrown instanceof RangeError) return redactor.text(text);
    throw thrown;
  }
}

/** What is left may be JSON now, and then has texts of its own. */
function redactPlainText(text: string, redactor: TextRedactor, depth: number): string {
  const redacted = redactor.text(text);
  const isJsonNow = redacted !== text && parseStructure(splitFence(redacted).inner) !== undefined;
  return isJsonNow ? redactAnswer(redacted, redactor, depth + 1) : redacted;
}

/** A text that is one code block as a whole, without its fence. Of any other text `inner` is all. */
function splitFence(text: string): { before: string; inner: string; after: string } {
  const whole = { before: '', inner: text, after: '' };
  const start = text.length - text.trimStart().length;
  const lineEnd = text.indexOf('\n', start);
  const end = text.lastIndexOf('\n```');
  if (!text.startsWith('```', start) || lineEnd < 0 || end < lineEnd) return whole;
  if (!/^[a-z]*$/i.test(text.slice(start + 3, lineEnd).trim()) || text.slice(end + 4).trim() !== '') return whole;
  return { before: text.slice(0, lineEnd + 1), inner: text.slice(lineEnd + 1, end), after: text.slice(end) };
}

function parseStructure(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function redactDeep(value: Json, redactor: TextRedactor): Json {
  const text = JSON.stringify(value);
  const redacted = redactor.text(text);
  return redacted === text ? value : redacted;
}

function redactObject(value: JsonObject, redactor: TextRedactor, depth: number): Json {
  if (isStructure(value)) return value;
  const kept = keptKeys(value);
  let isChanged = false;
  const entries = Object.entries(value).map(([key, member]): [string, Json] => {
    const redacted = kept.has(key) ? member : redactJson(member, redactor, depth + 1);
    isChanged ||= redacted !== member;
    return [key, redacted];
  });
  // Not by assignment: `__proto__` is a fine key of JSON.
  return isChanged ? Object.fromEntries(entries) : value;
}

const nothing: ReadonlySet<string> = new Set();
const subtaskKeys = new Set(['id', 'role', 'dependsOn', 'map', 'estimate']);
const planKeys = new Set(['deliverable', 'version']);
const verdictKeys = new Set(['verdict']);
const triedKeys = new Set(['tool']);
/** What `subtask` names, of an assumption that is tested without a model. */
const assumptionKeys = new Set(['subtask']);
/** Code, expressions, schemas, programs and names. Words to be found, rubrics and focus are redacted. */
const checkKeys = new Set([
  'kind',
  'schema',
  'matches',
  'notMatches',
  'path',
  'run',
  'language',
  'tests',
  'solutionFile',
  'packages',
  'sandbox',
  'role',
  'model',
]);
const checkKinds = new Set(['schema', 'predicate', 'quotes', 'file', 'command', 'code', 'critic', 'rubric']);

/** What the scheduler and the judges read by the letter. */
function keptKeys(value: JsonObject): ReadonlySet<string> {
  if (typeof value['id'] === 'string' && typeof value['role'] === 'string' && typeof value['instruction'] === 'string')
    return subtaskKeys;
  if (Array.isArray(value['subtasks'])) return planKeys;
  if (typeof value['verdict'] === 'string') return verdictKeys;
  if (typeof value['tool'] === 'string' && typeof value['seen'] === 'string') return triedKeys;
  if (typeof value['kind'] === 'string' && checkKinds.has(value['kind'])) return checkKeys;
  if (typeof value['subtask'] === 'string' && 'holds' in value) return assumptionKeys;
  return nothing;
}

/** References into the store, trees and patches: names of files and hashes of contents. */
function isStructure(value: JsonObject): boolean {
  const { kind, hash, version, files, changes } = value;
  if (kind === 'stored' && typeof hash === 'string') return true;
  if (version !== 1 || Object.keys(value).length !== 2) return false;
  const entries = Array.isArray(files) ? files : Array.isArray(changes) ? changes : null;
  return entries?.every(isFileEntry) ?? false;
}

const fileKeys = new Set(['kind', 'path', 'before', 'after', 'history', 'hash', 'mode', 'size']);

function isFileEntry(entry: Json): boolean {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  return typeof entry['path'] === 'string' && Object.keys(entry).every((key) => fileKeys.has(key));
}
