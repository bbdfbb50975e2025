/** Plan files, JSON or YAML, as text: their draft, and the line and column of any place in it. */

import { LineCounter, parseDocument } from 'yaml';
import { PlanwrightError } from '../errors.ts';
import { type CheckPlanOptions, checkPlan } from './check.ts';
import { JsonPositions } from './json-positions.ts';
import type { PlanCheck } from './plan.ts';
import type { Locate, SourcePosition } from './problem-list.ts';
import { findYamlDanger } from './yaml-danger.ts';

/** In UTF-16 units. JSON is read in seconds at its limit; the YAML reader is some fifty times slower. */
export const maxJsonLength = 64 * 1024 * 1024;
export const maxYamlLength = 16 * 1024 * 1024;
const maxYamlTokens = 8_000_000;
/** How often the aliases of a YAML file may be expanded in all: more is an attempt to fill the memory. */
const maxAliasCount = 1000;

export interface PlanFile {
  /** What the file holds, for checkPlan. Whole numbers that stand for ids are strings. */
  draft: unknown;
  locate: Locate;
}

/**
 * @param file Its name, for messages.
 * @throws PlanwrightError `plan-unreadable`, with file:line:column, when the text is neither JSON nor YAML or is too large.
 */
export function parsePlanFile(text: string, file: string): PlanFile {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (source.length > maxJsonLength)
    throw unreadable(file, `${source.length} characters are too many; at most ${maxJsonLength} are read`);
  const json = parseJson(source);
  const parsed =
    json.kind === 'parsed' ? { value: json.value, locate: locateInJson(source) } : parseYaml(source, file, json.error);
  return { draft: nameByStrings(parsed.value), locate: parsed.locate };
}

/**
 * checkPlan on a file's text: problems carry lines.
 * @throws PlanwrightError `plan-unreadable`.
 */
export function checkPlanText(text: string, file: string, options: Omit<CheckPlanOptions, 'locate'> = {}): PlanCheck {
  const { draft, locate } = parsePlanFile(text, file);
  return checkPlan(draft, { ...options, locate });
}

type Parsed = { kind: 'parsed'; value: unknown } | { kind: 'failed'; error: string };

function parseJson(text: string): Parsed {
  try {
    return { kind: 'parsed', value: JSON.parse(text) };
  } catch (thrown) {
    return { kind: 'failed', error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function locateInJson(text: string): Locate {
  let positions: JsonPositions | undefined;
  let lineStarts: number[] | undefined;
  return (path) => {
    positions ??= new JsonPositions(text);
    lineStarts ??= findLineStarts(text);
    return positionOf(positions.findOffset(path), lineStarts);
  };
}

function parseYaml(text: string, file: string, jsonError: string): { value: unknown; locate: Locate } {
  if (text.length > maxYamlLength) {
    const position = readJsonErrorPosition(jsonError);
    throw unreadable(file, `not valid JSON (${jsonError}), and too large to be read as YAML`, position);
  }
  const danger = findYamlDanger(text, maxYamlTokens);
  if (danger !== null) throw unreadable(file, danger.message, { line: danger.line, column: danger.column });
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter, logLevel: 'error', prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      throw unreadable(
        file,
        error.message.startsWith('Maximum call stack') ? 'nested too deeply' : error.message.trim().replace(/[.]$/, ''),
        { line, column: col },
      );
    }
    return {
      value: document.toJS({ maxAliasCount }),
      locate: (path) => locateInYaml(document, lineCounter, path),
    };
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) throw thrown;
    // The reader recurses: deep nesting ends in a RangeError. Expanded aliases end in a ReferenceError.
    const reason =
      thrown instanceof RangeError
        ? 'nested too deeply'
        : thrown instanceof Error
          ? thrown.message.replace(/[.]$/, '')
          : String(thrown);
    throw unreadable(file, reason);
  }
}

function locateInYaml(
  document: ReturnType<typeof parseDocument>,
  lineCounter: LineCounter,
  path: readonly (string | number)[],
): SourcePosition | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const start =
      typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range) ? node.range[0] : undefined;
    if (typeof start !== 'number') continue;
    const { line, col } = lineCounter.linePos(start);
    return { line, column: col };
  }
  return undefined;
}

/** Ids written as numbers (`id: 1`, `dependsOn: [1]`) mean their digits. Fractions and huge numbers stay: they have several spellings. */
function nameByStrings(draft: unknown): unknown {
  if (!isRecord(draft) || !Array.isArray(draft.subtasks)) return draft;
  return {
    ...draft,
    ...('deliverable' in draft ? { deliverable: nameByString(draft.deliverable) } : {}),
    subtasks: draft.subtasks.map((subtask: unknown) => {
      if (!isRecord(subtask)) return subtask;
      const { id, dependsOn } = subtask;
      const named =
        Number.isSafeInteger(id) || (Array.isArray(dependsOn) && dependsOn.some((entry) => Number.isSafeInteger(entry)));
      if (!named) return subtask;
      return {
        ...subtask,
        id: nameByString(id),
        ...(Array.isArray(dependsOn) ? { dependsOn: dependsOn.map(nameByString) } : {}),
      };
    }),
  };
}

function nameByString(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function positionOf(offset: number, lineStarts: readonly number[]): SourcePosition {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/** V8 writes `… (line 3 column 7)` where it knows. */
function readJsonErrorPosition(message: string): SourcePosition | undefined {
  const found = /\(line (\d+) column (\d+)\)/.exec(message);
  return found === null ? undefined : { line: Number(found[1]), column: Number(found[2]) };
}

function unreadable(file: string, reason: string, position?: SourcePosition): PlanwrightError {
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  return new PlanwrightError('plan-unreadable', `${place} This plan file cannot be read: ${reason}.`, {
    location: { file, ...position },
  });
}
