/**
 * What of the results before it an attempt is handed, and in which form. It follows from the results, the instruction and
 * the role's limit alone, so that a resumed attempt is told the same to the letter and the ledger can count it afterwards.
 *
 * Invariants
 * 1. All that is handed over together is at most `handoffTokens` × 4 characters, the frames of digests included and tags not.
 * 2. A result is handed over once: what the instruction holds whole is not repeated as a section.
 * 3. What an instruction refers to and no result answers stays as it is written, and is named as missing.
 */
import type { StoredValue } from '../events.ts';
import { tag, textOf } from '../execute/context.ts';
import type { Json } from '../json.ts';
import { charactersOf } from './characters-of.ts';
import { digestOf, leastDigestCharacters, pointerTo } from './digest.ts';
import { findReferences, type Reference } from './references.ts';
import { shareOut } from './share-out.ts';

/** `whole`: as a section of its own. `digest`: cut. `reference`: in the instruction's text, or only by its name. */
export type HandoffMode = 'whole' | 'digest' | 'reference';

export interface Handoff {
  /** The subtask whose result it is. */
  from: string;
  mode: HandoffMode;
  /** Of what was handed over (characters ÷ 4). */
  tokens: number;
}

export interface HandedResult {
  subtaskId: string;
  role: string;
  stored: StoredValue;
  output: Json;
}

/** One of the list that a mapped subtask runs over. */
export interface HandedItem {
  /** The subtask that gave the list. */
  over: string;
  index: number;
  of: number;
  stored: StoredValue;
  value: Json;
}

export interface HandOverOptions {
  instruction: string;
  dependencies: readonly HandedResult[];
  item?: HandedItem;
  /** For everything together. Absent: no limit, and references are text like any other, as before there were any. */
  handoffTokens?: number | undefined;
}

export interface HandedSection {
  text: string;
  isDigest: boolean;
}

export interface HandedOver {
  /** With its references resolved. */
  instruction: string;
  /** In the order of the dependencies; those that stand in the instruction are left out. */
  sections: (HandedSection & { subtaskId: string; role: string })[];
  item: (HandedSection & Pick<HandedItem, 'index' | 'of'>) | null;
  /** References that nothing answers, as they are written. */
  missing: string[];
  /** Results that are there to be read and of which nothing is shown; '' for none. */
  unseen: string;
  /** Whole texts of what is cut, by the name that `read_result` takes. */
  sources: Map<string, string>;
  handoffs: Handoff[];
}

/** The name of a mapped subtask's item, in references and to `read_result`. */
const itemName = 'item';
/** A resolved reference that is longer, or has line breaks, is fenced. */
const inlineCharacters = 200;
const unseenCharacters = 2000;

/** Something that competes for the budget: a section, or data in the instruction. */
interface Piece {
  /** What `read_result` calls it. */
  name: string;
  /** Whose result it is part of. */
  from: string;
  place: 'section' | 'item' | 'instruction';
  text: string;
  value: Json;
  size: number;
}

export function handOver(options: HandOverOptions): HandedOver {
  const { instruction, dependencies, item, handoffTokens } = options;
  const referables = dependencies.map(({ subtaskId, output }) => ({ name: subtaskId, value: output }));
  if (item !== undefined) referables.push({ name: itemName, value: item.value });
  const budget = handoffTokens === undefined ? Number.POSITIVE_INFINITY : handoffTokens * 4;
  const references = readReferences(handoffTokens === undefined ? [] : findReferences(instruction, referables), budget);
  const pieces = listPieces(options, references);
  const inline = listInline(references);
  const shares = shareOut(
    pieces.map(({ size }) => size),
    budget - lengthOf(inline),
    leastDigestCharacters,
  );
  const handed: HandedOver = {
    instruction,
    sections: [],
    item: null,
    missing: references.filter(({ kind }) => kind === 'missing').map(({ written }) => written),
    unseen: '',
    sources: new Map(),
    handoffs: [],
  };
  const roles = new Map(dependencies.map(({ subtaskId, role }) => [subtaskId, role]));
  const fenced = new Map<string, string>();
  const told = new Map<string, Handoff>();
  const unseen: Piece[] = [];
  pieces.forEach((piece, at) => {
    const { name, from, place, text } = piece;
    const section = cutTo(piece, shares[at] ?? 0);
    if (section === null || section.isDigest) handed.sources.set(name, text);
    if (place === 'instruction') fenced.set(name, section?.text ?? `${text.length} characters: ${pointerTo(name, 0)}`);
    else if (section === null) unseen.push(piece);
    else if (place === 'section') handed.sections.push({ ...section, subtaskId: name, role: roles.get(name) ?? '' });
    else if (item !== undefined) handed.item = { ...section, index: item.index, of: item.of };
    const inFull = place === 'instruction' ? 'reference' : 'whole';
    const mode = section === null ? 'reference' : section.isDigest ? 'digest' : inFull;
    addHandoff(told, { from, mode, tokens: section === null ? 0 : tokensOf(piece, section) });
  });
  for (const { name, text } of inline) {
    addHandoff(told, { from: sourceOf(name, item), mode: 'reference', tokens: Math.ceil(text.length / 4) });
  }
  handed.instruction = writeInstruction(instruction, references, fenced);
  handed.unseen = nameUnseen(unseen);
  handed.handoffs = [...told.values()];
  return handed;
}

type WrittenReference =
  | Extract<Reference, { kind: 'missing' }>
  | (Extract<Reference, { kind: 'resolved' }> & { text: string; isShort: boolean });

/** Short data stands inline, as long as all of it fits together. */
function readReferences(references: readonly Reference[], budget: number): WrittenReference[] {
  const written = references.map((reference): WrittenReference => {
    if (reference.kind === 'missing') return reference;
    const text = textOf(reference.value);
    return { ...reference, text, isShort: text.length <= inlineCharacters && !/[\r\n\u2028\u2029]/.test(text) };
  });
  if (lengthOf(listInline(written)) <= budget) return written;
  return written.map((reference) => (reference.kind === 'missing' ? reference : { ...reference, isShort: false }));
}

function listInline(references: readonly WrittenReference[]) {
  return references.flatMap((reference) => (reference.kind === 'resolved' && reference.isShort ? [reference] : []));
}

function lengthOf(texts: readonly { text: string }[]): number {
  return texts.reduce((sum, { text }) => sum + text.length, 0);
}

function listPieces({ dependencies, item }: HandOverOptions, references: readonly WrittenReference[]): Piece[] {
  const pieces: Piece[] = [];
  const inlined = new Set<string>();
  const seen = new Set<string>();
  for (const reference of references) {
    if (reference.kind === 'missing') continue;
    const { label, name, value, text, isWhole, isShort } = reference;
    if (isWhole) inlined.add(name);
    if (isShort || seen.has(label)) continue;
    seen.add(label);
    pieces.push({ name: label, from: sourceOf(name, item), place: 'instruction', text, value, size: text.length });
  }
  for (const { subtaskId, stored, output } of dependencies) {
    if (inlined.has(subtaskId)) continue;
    const size = charactersOf(stored);
    pieces.push({ name: subtaskId, from: subtaskId, place: 'section', text: textOf(output), value: output, size });
  }
  if (item !== undefined && !inlined.has(itemName)) {
    const { over, value, stored } = item;
    pieces.push({ name: itemName, from: over, place: 'item', text: textOf(value), value, size: charactersOf(stored) });
  }
  return pieces;
}

/** null: so little room that only its name can be told. */
function cutTo({ name, text, value, size }: Piece, characters: number): HandedSection | null {
  if (characters >= Math.min(size, text.length)) return { text, isDigest: false };
  const digest = digestOf(text, value, { name, characters });
  return digest === null ? null : { text: digest, isDigest: true };
}

function tokensOf({ size, place }: Piece, { text, isDigest }: HandedSection): number {
  return Math.ceil((isDigest || place === 'instruction' ? text.length : size) / 4);
}

const fullness: readonly HandoffMode[] = ['reference', 'digest', 'whole'];

/** One handoff for each result; of several forms the fullest names it. */
function addHandoff(told: Map<string, Handoff>, { from, mode, tokens }: Handoff): void {
  const known = told.get(from);
  if (known === undefined) told.set(from, { from, mode, tokens });
  else {
    known.tokens += tokens;
    if (fullness.indexOf(mode) > fullness.indexOf(known.mode)) known.mode = mode;
  }
}

function sourceOf(name: string, item: HandedItem | undefined): string {
  return name === itemName && item !== undefined ? item.over : name;
}

/** Long data stands in a fence where it is first named. */
function writeInstruction(
  instruction: string,
  references: readonly WrittenReference[],
  fenced: ReadonlyMap<string, string>,
): string {
  const parts: string[] = [];
  const shown = new Set<string>();
  let from = 0;
  for (const reference of references) {
    const { at, written } = reference;
    parts.push(instruction.slice(from, at));
    from = at + written.length;
    if (reference.kind === 'missing') parts.push(written);
    else if (reference.isShort) parts.push(reference.text);
    else if (shown.has(reference.label)) parts.push(`(the data from ${reference.label} above)`);
    else {
      shown.add(reference.label);
      const attributes = ` from="${reference.label.replaceAll(/["<>]/g, '_')}"`;
      parts.push(`\n${tag('data', fenced.get(reference.label) ?? '', attributes)}\n`);
    }
  }
  parts.push(instruction.slice(from));
  return parts.join('');
}

function nameUnseen(pieces: readonly Piece[]): string {
  const [first] = pieces;
  if (first === undefined) return '';
  let named = '';
  let count = 0;
  for (const { name, text } of pieces) {
    const next = `${count === 0 ? '' : ', '}${JSON.stringify(name)} (${text.length} characters)`;
    if (named.length + next.length > unseenCharacters) break;
    named += next;
    count += 1;
  }
  const more = pieces.length > count ? ` and ${pieces.length - count} more` : '';
  return `There is no room to show these results. Read one with ${pointerTo(first.name, 0)}: ${named}${more}.`;
}
