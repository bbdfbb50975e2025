/**
 * Finds the subtasks in a plan while it is being written: each element's JSON text is given out the moment it is whole.
 *
 * 1. Any division of a text into chunks gives the same elements.
 * 2. For valid JSON the elements are those of findPlan.
 * 3. Every text given out is valid JSON. At the first that is not, the stream gives up: the whole text is for readPlannerText.
 * 4. Each character is looked at once or twice; no more than one element is held.
 */
import { isListKey, isWrapperKey, looksLikeSubtask, maxWrapperDepth } from './find-plan.ts';
import type { PlanProblem } from './plan.ts';

/** In UTF-16 units. */
export const maxElementLength = 65_536;
export const maxStreamLength = 4_000_000;
/** Longer keys and deliverables are none that this file looks for. */
const maxNameLength = 1000;

export interface StreamEnd {
  /** The plan was found and closed. False as well when the text is no JSON: readPlannerText may still read it. */
  complete: boolean;
  /** A list of subtasks was found, perhaps an empty one. */
  found: boolean;
  deliverable?: string;
  /** Why the stream gave up. */
  problem?: PlanProblem;
}

type State =
  | 'prose'
  | 'thinking'
  /** Behind `[` in prose, before its first element. */
  | 'bare-list'
  | 'key'
  | 'key-text'
  | 'colon'
  | 'value'
  | 'deliverable-text'
  /** Behind `[` under a key of the plan, before its first element. */
  | 'keyed-list'
  | 'skipped-container'
  | 'skipped-text'
  | 'skipped-scalar'
  | 'after-value'
  | 'element'
  | 'container'
  | 'scalar'
  | 'after-element'
  | 'done'
  | 'failed';

export class ElementStream {
  #state: State = 'prose';
  #length = 0;
  #completed: string[] = [];
  /** Objects open around the current place, the candidate for the plan outermost. */
  #wrappers = 0;
  #isBare = false;
  #found = false;
  #foundEmpty = false;
  #emitted = 0;
  #problem: PlanProblem | undefined;
  #deliverable: string | undefined;
  /** The key or element that is being read. */
  #text = '';
  #key = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Characters of `<think` or `</think` matched so far. */
  #tagMatched = 0;

  /** The JSON texts of the elements that this chunk completed. Nothing once the plan has ended or the stream has given up. */
  push(chunk: string): string[] {
    this.#completed = [];
    for (let at = 0; at < chunk.length && this.#state !== 'done' && this.#state !== 'failed'; at++) {
      if (++this.#length > maxStreamLength) this.#fail('too-large', `The plan's text has more than ${maxStreamLength} characters.`);
      else this.#read(chunk[at] ?? '');
    }
    return this.#completed;
  }

  end(): StreamEnd {
    const empty = !this.#found && this.#foundEmpty;
    return {
      complete: this.#state === 'done' || (empty && this.#state === 'prose'),
      found: this.#found || this.#foundEmpty,
      ...(this.#deliverable === undefined ? {} : { deliverable: this.#deliverable }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  #read(char: string): void {
    switch (this.#state) {
      case 'prose':
        return this.#readProse(char);
      case 'thinking':
        if (this.#matchTag(char, '</think')) this.#state = 'prose';
        return;
      case 'key-text':
        return this.#readKeyText(char);
      case 'deliverable-text':
        return this.#readDeliverableText(char);
      case 'container':
        return this.#readContainer(char);
      case 'scalar':
        return this.#readScalar(char);
      case 'skipped-container':
        if (this.#closesContainer(char)) this.#endSkipped();
        return;
      case 'skipped-text':
        if (this.#closesText(char)) this.#state = 'after-value';
        return;
      default:
        if (!isSpace(char)) this.#readMark(char);
        else if (this.#state === 'skipped-scalar') this.#state = 'after-value';
    }
  }

  /** The states in which space means nothing. */
  #readMark(char: string): void {
    switch (this.#state) {
      case 'bare-list':
        return this.#readListStart(char);
      case 'keyed-list':
        return this.#readListStart(char);
      case 'key':
        if (char === '"') this.#startText('key-text');
        else if (char === '}') this.#closeWrapper();
        else this.#abandon(char);
        return;
      case 'colon':
        if (char === ':') this.#state = 'value';
        else this.#abandon(char);
        return;
      case 'value':
        return this.#readValueStart(char);
      case 'skipped-scalar':
      case 'after-value':
        if (char === ',') this.#state = 'key';
        else if (char === '}') this.#closeWrapper();
        else if (this.#state === 'after-value' || !isScalarPart(char)) this.#abandon(char);
        return;
      case 'element':
        if (char === ']') this.#closeList();
        else this.#startElement(char);
        return;
      case 'after-element':
        if (char === ',') this.#state = 'element';
        else if (char === ']') this.#closeList();
        else this.#fail('malformed', `Expected a comma or the end of the list behind subtask ${this.#emitted - 1}.`);
        return;
      default:
        return;
    }
  }

  #readProse(char: string): void {
    if (this.#matchTag(char, '<think')) this.#state = 'thinking';
    else if (char === '[') this.#state = 'bare-list';
    else if (char === '{') {
      this.#wrappers = 1;
      this.#deliverable = undefined;
      this.#state = 'key';
    }
  }

  #readListStart(char: string): void {
    const isBare = this.#state === 'bare-list';
    if (char === ']') {
      this.#foundEmpty = true;
      this.#state = isBare ? 'prose' : 'after-value';
    } else if (char === '{') {
      this.#isBare = isBare;
      if (!isBare) this.#found = true;
      this.#startElement(char);
    } else if (isBare) this.#abandon(char);
    else {
      // A list of something else: skipped from its first element on.
      this.#startSkipping();
      this.#read(char);
    }
  }

  #readValueStart(char: string): void {
    const isOpen = !this.#found;
    if (char === '"') {
      if (this.#key === 'deliverable') this.#startText('deliverable-text');
      else this.#startText('skipped-text');
    } else if (char === '[' && isOpen && isListKey(this.#key)) this.#state = 'keyed-list';
    else if (char === '{' && isOpen && isWrapperKey(this.#key) && this.#wrappers < maxWrapperDepth) {
      this.#wrappers++;
      this.#state = 'key';
    } else if (char === '{' || char === '[') this.#startSkipping();
    else if (isScalarPart(char)) this.#state = 'skipped-scalar';
    else this.#abandon(char);
  }

  #readKeyText(char: string): void {
    this.#text += char;
    if (char < ' ' || this.#text.length > maxNameLength) {
      this.#abandon(char);
    } else if (this.#closesText(char)) {
      const key = parseJson(this.#text);
      this.#key = typeof key === 'string' ? key : '';
      this.#state = 'colon';
    }
  }

  #readDeliverableText(char: string): void {
    if (this.#text.length <= maxNameLength) this.#text += char;
    if (!this.#closesText(char)) return;
    const deliverable = parseJson(this.#text);
    if (typeof deliverable === 'string' && deliverable.trim() !== '') this.#deliverable = deliverable.trim();
    this.#state = 'after-value';
  }

  #startText(state: 'key-text' | 'deliverable-text' | 'skipped-text'): void {
    this.#state = state;
    this.#text = '"';
    this.#escaped = false;
  }

  #startSkipping(): void {
    this.#state = 'skipped-container';
    this.#depth = 1;
    this.#inString = false;
  }

  #endSkipped(): void {
    this.#state = this.#wrappers > 0 ? 'after-value' : 'prose';
  }

  #startElement(char: string): void {
    this.#text = char;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    if (char === '{' || char === '[') {
      this.#depth = 1;
      this.#state = 'container';
    } else {
      this.#inString = char === '"';
      this.#state = 'scalar';
    }
  }

  #readContainer(char: string): void {
    this.#text += char;
    if (this.#closesContainer(char)) this.#emit();
    else this.#checkElementLength();
  }

  /** A string, number or word in the list: no subtask, but the caller has to learn of it. */
  #readScalar(char: string): void {
    if (this.#inString) {
      this.#text += char;
      if (this.#closesText(char)) this.#inString = false;
      this.#checkElementLength();
    } else if (char === ',' || char === ']' || isSpace(char)) {
      this.#emit();
      if (this.#state === 'after-element' && !isSpace(char)) this.#readMark(char);
    } else {
      this.#text += char;
      this.#checkElementLength();
    }
  }

  #emit(): void {
    const element = parseJson(this.#text);
    if (element === undefined) return this.#fail('malformed', `Subtask ${this.#emitted} is not valid JSON.`);
    if (this.#isBare && !this.#found) {
      if (!looksLikeSubtask(element)) {
        this.#wrappers = 0;
        return this.#startSkipping();
      }
      this.#found = true;
    }
    this.#completed.push(this.#text);
    this.#text = '';
    this.#emitted++;
    this.#state = 'after-element';
  }

  #checkElementLength(): void {
    if (this.#text.length > maxElementLength) {
      this.#fail('too-large', `Subtask ${this.#emitted} has more than ${maxElementLength} characters.`);
    }
  }

  #closeList(): void {
    this.#state = this.#isBare ? 'done' : 'after-value';
  }

  #closeWrapper(): void {
    this.#wrappers--;
    if (this.#wrappers > 0) this.#state = 'after-value';
    else this.#state = this.#found ? 'done' : 'prose';
  }

  /** This was no JSON after all: the search goes on, from this character. Behind the list of subtasks it is the end of it. */
  #abandon(char: string): void {
    if (this.#found) return this.#fail('malformed', 'The text behind the list of subtasks is not valid JSON.');
    this.#wrappers = 0;
    this.#deliverable = undefined;
    this.#state = 'prose';
    this.#readProse(char);
  }

  #fail(code: 'malformed' | 'too-large', message: string): void {
    this.#state = 'failed';
    this.#text = '';
    this.#problem = { code, message };
  }

  #closesContainer(char: string): boolean {
    if (this.#inString) {
      if (this.#closesText(char)) this.#inString = false;
      return false;
    }
    if (char === '"') {
      this.#inString = true;
      this.#escaped = false;
    } else if (char === '{' || char === '[') this.#depth++;
    else if (char === '}' || char === ']') this.#depth--;
    return this.#depth === 0;
  }

  #closesText(char: string): boolean {
    if (this.#escaped) {
      this.#escaped = false;
      return false;
    }
    this.#escaped = char === '\\';
    return char === '"';
  }

  #matchTag(char: string, tag: string): boolean {
    if (char === tag[this.#tagMatched]) this.#tagMatched++;
    else this.#tagMatched = char === tag[0] ? 1 : 0;
    if (this.#tagMatched < tag.length) return false;
    this.#tagMatched = 0;
    return true;
  }
}

/** undefined for what is not JSON; JSON itself has no undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\r' || char === '\t';
}

function isScalarPart(char: string): boolean {
  return /[\w.+-]/.test(char);
}
