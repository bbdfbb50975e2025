/**
 * Finds the subtasks in a plan while it is being written: each element's JSON text is given out the moment it is whole.
 *
 * 1. Any division of a text into chunks gives the same elements.
 * 2. For valid JSON without repeated keys in which findPlan finds a plan, the elements are that plan's.
 * 3. Every text given out is valid JSON. At the first that is not, the stream gives up: the whole text is for readPlannerText.
 * 4. Each character is looked at once or twice; no more than one element is held.
 */
import { isListKey, isWrapperKey, looksLikeSubtask, maxWrapperDepth } from './find-plan.ts';
import { isScalarPart, isSpace, JsonNesting, type Opener, parseJson, TagMatch } from './json-scan.ts';
import type { PlanProblem } from './plan.ts';

/** In UTF-16 units. */
export const maxElementLength = 65_536;
export const maxStreamLength = 4_000_000;
/** Of a key or the deliverable. Longer is not JSON of a plan. */
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
  | 'skipped'
  | 'skipped-scalar'
  | 'after-value'
  | 'element'
  | 'element-body'
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
  readonly #nesting = new JsonNesting();
  #tag = new TagMatch('<think');

  /** The JSON texts of the elements that this chunk completed. Nothing once the plan has ended or the stream has given up. */
  push(chunk: string): string[] {
    this.#completed = [];
    for (let at = 0; at < chunk.length && this.#state !== 'done' && this.#state !== 'failed'; at++) {
      if (++this.#length > maxStreamLength)
        this.#fail('too-large', `The plan's text has more than ${maxStreamLength} characters.`);
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
        if (this.#tag.matches(char)) this.#enterProse();
        return;
      case 'key-text':
      case 'deliverable-text':
        return this.#readText(char);
      case 'element-body':
        return this.#readElementBody(char);
      case 'scalar':
        return this.#readScalar(char);
      case 'skipped':
        if (this.#nesting.closes(char)) this.#leaveValue();
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
    if (this.#tag.matches(char)) {
      this.#state = 'thinking';
      this.#tag = new TagMatch('</think');
    } else if (char === '[') this.#state = 'bare-list';
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
      this.#leaveValue();
    } else if (char === '{') {
      this.#isBare = isBare;
      if (!isBare) this.#found = true;
      this.#startElement(char);
    } else if (isBare) this.#abandon(char);
    else {
      // A list of something else: skipped from its first element on.
      this.#startSkipping('[');
      this.#read(char);
    }
  }

  #readValueStart(char: string): void {
    const isOpen = !this.#found;
    if (char === '"') {
      if (this.#key === 'deliverable') this.#startText('deliverable-text');
      else this.#startSkipping(char);
    } else if (char === '[' && isOpen && isListKey(this.#key)) this.#state = 'keyed-list';
    else if (char === '{' && isOpen && isWrapperKey(this.#key) && this.#wrappers < maxWrapperDepth) {
      this.#wrappers++;
      this.#state = 'key';
    } else if (char === '{' || char === '[') this.#startSkipping(char);
    else if (isScalarPart(char)) this.#state = 'skipped-scalar';
    else this.#abandon(char);
  }

  #readText(char: string): void {
    this.#text += char;
    if (char < ' ' || this.#text.length > maxNameLength) return this.#abandon(char);
    if (!this.#nesting.closes(char)) return;
    const parsed = parseJson(this.#text);
    const text = typeof parsed === 'string' ? parsed : '';
    if (this.#state === 'key-text') this.#key = text;
    else if (text.trim() !== '') this.#deliverable = text.trim();
    this.#state = this.#state === 'key-text' ? 'colon' : 'after-value';
  }

  #startText(state: 'key-text' | 'deliverable-text'): void {
    this.#state = state;
    this.#text = '"';
    this.#nesting.open('"');
  }

  #startSkipping(opener: Opener): void {
    this.#state = 'skipped';
    this.#nesting.open(opener);
  }

  #leaveValue(): void {
    if (this.#wrappers > 0) this.#state = 'after-value';
    else this.#enterProse();
  }

  #startElement(char: string): void {
    this.#text = char;
    if (char === '{' || char === '[' || char === '"') {
      this.#nesting.open(char);
      this.#state = 'element-body';
    } else this.#state = 'scalar';
  }

  #readElementBody(char: string): void {
    this.#text += char;
    if (this.#nesting.closes(char)) this.#emit();
    else this.#checkElementLength();
  }

  /** A number or word in the list: no subtask, but the caller has to learn of it. */
  #readScalar(char: string): void {
    if (char === ',' || char === ']' || isSpace(char)) {
      this.#emit();
      if (this.#state === 'after-element' && !isSpace(char)) this.#readMark(char);
    } else {
      this.#text += char;
      this.#checkElementLength();
    }
  }

  #emit(): void {
    const element = parseJson(this.#text);
    if (element === undefined) {
      if (!this.#found) return this.#enterProse();
      return this.#fail('malformed', `Subtask ${this.#emitted} is not valid JSON.`);
    }
    if (!this.#found) {
      if (!looksLikeSubtask(element)) {
        return this.#startSkipping('[');
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
    if (this.#wrappers === 0 && this.#found) this.#state = 'done';
    else this.#leaveValue();
  }

  /** This was no JSON after all: the search goes on, from this character. Behind the list of subtasks it is the end of it. */
  #abandon(char: string): void {
    if (this.#found) return this.#fail('malformed', 'The text behind the list of subtasks is not valid JSON.');
    this.#wrappers = 0;
    this.#deliverable = undefined;
    this.#enterProse();
    this.#readProse(char);
  }

  #enterProse(): void {
    this.#state = 'prose';
    this.#tag = new TagMatch('<think');
  }

  #fail(code: 'malformed' | 'too-large', message: string): void {
    this.#state = 'failed';
    this.#text = '';
    this.#problem = { code, message };
  }
}
