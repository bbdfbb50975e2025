/**
 * Places in code where a small change makes a known defect and leaves the syntax whole. Found by patterns on masked code, not by a
 * parser: a place is left out wherever the change might not parse.
 */
import type { DefectEdit } from './defect-edit.ts';
import { type CodeLanguage, maskCode } from './mask-code.ts';

export const codeDefectKinds = [
  'off-by-one',
  'flipped-comparison',
  'dropped-return',
  'dropped-await',
  'wrong-operator',
  'swapped-arguments',
  'removed-null-check',
] as const;
export type CodeDefectKind = (typeof codeDefectKinds)[number];

type Edits = Generator<Omit<DefectEdit, 'kind'>>;

/** A text that is code as a whole. */
export interface Code {
  text: string;
  masked: string;
  language: CodeLanguage;
}

export function openCode(text: string, language: CodeLanguage): Code {
  return { text, masked: maskCode(text, language), language };
}

const finders: Record<CodeDefectKind, (code: Code) => Edits> = {
  'off-by-one': offByOne,
  'flipped-comparison': (code) => replaceOperators(code, flipped),
  'dropped-return': (code) => dropWord(code, 'return'),
  'dropped-await': (code) => dropWord(code, 'await'),
  'wrong-operator': (code) =>
    replaceOperators(code, code.language === 'python' ? { ...arithmetic, ...words } : { ...arithmetic, ...logic }),
  'swapped-arguments': swapArguments,
  'removed-null-check': (code) => (code.language === 'python' ? dropNoneChecks(code) : dropNullChecks(code)),
};

/** Offsets are those of the code. */
export function* findCodeEdits(code: Code, kind: CodeDefectKind): Generator<DefectEdit> {
  for (const edit of finders[kind](code)) yield { kind, ...edit };
}

const flipped = { '===': '!==', '!==': '===', '==': '!=', '!=': '==', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };
const boundaries = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const arithmetic = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '+=': '-=', '-=': '+=' };
const logic = { '&&': '||', '||': '&&' };
const words = { and: 'or', or: 'and' };

/** Between blanks, as formatted code has it: neither type arguments nor tags nor unary signs. */
const operator = /(?<=[\w$)\]] )(?:[=!]==?|[<>]=?|[+-]=?|[*/%]|&&|\|\||and|or)(?= [^\s=>])/g;
/** What comes behind these is no second operand. */
const leadingWord =
  /(?:^|[^\w$.])(?:return|typeof|case|in|of|yield|await|else|import|export|type|function|async|delete|void|new|throw|lambda|not|extends|default|print) $/;
/** `a ?? b || c` does not parse. */
const coalescingReach = 200;

function* replaceOperators({ masked }: Code, replacements: Readonly<Record<string, string>>): Edits {
  for (const { 0: found, index } of masked.matchAll(operator)) {
    const replacement = Object.hasOwn(replacements, found) ? replacements[found] : undefined;
    if (replacement === undefined || leadingWord.test(masked.slice(Math.max(0, index - 12), index))) continue;
    const around =
      found === '&&' || found === '||' ? masked.slice(Math.max(0, index - coalescingReach), index + coalescingReach) : '';
    if (!around.includes('??')) yield { start: index, end: index + found.length, replacement };
  }
}

/** A boundary that takes one more or one less, and whole numbers one higher. */
function* offByOne(code: Code): Edits {
  yield* replaceOperators(code, boundaries);
  for (const { 0: digits, index } of code.masked.matchAll(/(?<![\w$.])(?:0|[1-9]\d{0,5})(?![\w$.])/g)) {
    yield { start: index, end: index + digits.length, replacement: String(Number(digits) + 1) };
  }
}

/** An expression that begins so would be taken for something else at the start of a statement. */
const statementLike = /^(?:\{|<|function\b|class\b|async\b|let\b|using\b)/;
/** Such a beginning joins the line before it when that has no semicolon. */
const joining = /^[([`+\-/*]/;
/** Behind it, a statement begins all the same. */
const condition = /(?:^|\n)[ \t]*(?:\}?[ \t]*else )?if \([^\n]*\) $/;

function* dropWord({ text, masked, language }: Code, word: 'return' | 'await'): Edits {
  for (const { 0: found, index } of masked.matchAll(new RegExp(`(?<![\\w$.])${word}[ \\t]+(?=[^\\s;}#])`, 'g'))) {
    const end = index + found.length;
    if (language === 'javascript') {
      const next = text.slice(end, end + 12);
      const before = masked.slice(Math.max(0, index - 200), index);
      const last = /(\w+|\S)\s*$/.exec(before)?.[1] ?? ';';
      if (statementLike.test(next) || last === 'for') continue;
      if (joining.test(next) && !/^[;{}]$/.test(last) && !condition.test(before)) continue;
    }
    yield { start: index, end, replacement: '' };
  }
}

const call =
  /(?<![\w$.])([\w$][\w$.]{0,80})\(\s{0,20}([\w$.]{1,80}(?:\[[\w$.]{1,40}\])?)(\s{0,20},\s{0,20})([\w$.]{1,80}(?:\[[\w$.]{1,40}\])?)\s{0,20}\)/g;
const notCallees =
  /(?:^|\.)(?:if|for|while|switch|catch|function|return|typeof|def|class|async|await|constructor|get|set|static)$/;
/** Whose arguments may change places. */
const symmetric =
  /(?:^|[._])(?:max|min|hypot|imul|gcd|lcm|add|sum|multiply|mul|equals?|is|isEqual|isclose|deepEqual|strictEqual|assertEqual)$/i;
const defines = /(?:^|[^\w$.])(?:function|def|class|async|get|set|static)\s*\*?\s*$/;

function* swapArguments({ text, masked }: Code): Edits {
  for (const match of masked.matchAll(call)) {
    const [found, callee = '', first = '', between = '', second = ''] = match;
    if (notCallees.test(callee) || symmetric.test(callee)) continue;
    if (defines.test(masked.slice(Math.max(0, match.index - 12), match.index))) continue;
    const behind = masked.slice(match.index + found.length, match.index + found.length + 40).trimStart();
    if (/^(?:\{|=>|:)/.test(behind)) continue;
    const start = match.index + found.indexOf(first, callee.length + 1);
    const secondAt = start + first.length + between.length;
    const one = text.slice(start, start + first.length);
    const other = text.slice(secondAt, secondAt + second.length);
    if (one === other || one.startsWith('.') || other.startsWith('.')) continue;
    const replacement = other + text.slice(start + first.length, secondAt) + one;
    yield { start, end: secondAt + second.length, replacement };
  }
}

function* dropNullChecks({ masked }: Code): Edits {
  for (const { 0: found, index, 1: sign = '' } of masked.matchAll(
    /(?<![\w$.\])?])[A-Za-z_$][\w$.]{0,80} (===?|!==?) (?:null|undefined)\b/g,
  )) {
    yield { start: index, end: index + found.length, replacement: sign.startsWith('=') ? 'false' : 'true' };
  }
  for (const { index, 1: name = '' } of masked.matchAll(/(?<=(?<![\w$.])if \()(![A-Za-z_$][\w$.]{0,80})(?=\))/g)) {
    yield { start: index, end: index + name.length, replacement: 'false' };
  }
  for (const { index } of masked.matchAll(/(?<=[\w$)\]])\?\.(?=[A-Za-z_$[(#])/g)) {
    const isMember = /[\w$#]/.test(masked.charAt(index + 2));
    yield { start: index, end: index + 2, replacement: isMember ? '.' : '' };
  }
  for (const { 0: found, index } of masked.matchAll(/(?<=[\w$)\]]) \?\? [\w$.]{1,80}(?=[;,)\]}\n])/g)) {
    yield { start: index, end: index + found.length, replacement: '' };
  }
}

function* dropNoneChecks({ masked }: Code): Edits {
  for (const { 0: found, index, 1: not } of masked.matchAll(/(?<![\w.\])])[A-Za-z_][\w.]{0,80} is (not )?None\b/g)) {
    yield { start: index, end: index + found.length, replacement: not === undefined ? 'False' : 'True' };
  }
  for (const { 0: found, index } of masked.matchAll(/(?<=(?<![\w.])if )not [A-Za-z_][\w.]{0,80}(?=:)/g)) {
    yield { start: index, end: index + found.length, replacement: 'False' };
  }
}
