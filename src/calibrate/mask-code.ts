/**
 * Code with everything that is no code taken out, character for character: strings, templates and regular expressions become
 * `S`, so that they still stand as one operand; comments become blanks. Linear in the text's length; never throws.
 */

/** JavaScript stands for TypeScript too. */
export type CodeLanguage = 'javascript' | 'python';

export function maskCode(text: string, language: CodeLanguage): string {
  const parts: string[] = [];
  let at = 0;
  let shown = '';
  while (at < text.length) {
    const end = language === 'python' ? endOfPythonToken(text, at) : endOfScriptToken(text, at, shown);
    if (end === null) {
      const code = text.charAt(at);
      parts.push(code);
      if (!/\s/.test(code)) shown = (shown + code).slice(-12);
      else if (shown !== '' && !shown.endsWith(' ')) shown = `${shown} `.slice(-12);
      at += 1;
      continue;
    }
    const token = text.slice(at, end);
    const isComment = language === 'python' ? token.startsWith('#') : /^\/[/*]/.test(token);
    parts.push(isComment ? token.replace(/[^\n]/g, ' ') : 'S'.repeat(token.length));
    if (!isComment) shown = 'S';
    at = end;
  }
  return parts.join('');
}

/** The end of the comment or string that begins at `at`; null when none does. */
function endOfPythonToken(text: string, at: number): number | null {
  const mark = text.charAt(at);
  if (mark === '#') return endOfLine(text, at);
  if (mark !== '"' && mark !== "'") return null;
  const triple = mark.repeat(3);
  return text.startsWith(triple, at) ? endOfQuoted(text, at + 3, triple) : endOfQuoted(text, at + 1, mark);
}

/** @param shown The code before, without comments: what tells a regular expression from a division. */
function endOfScriptToken(text: string, at: number, shown: string): number | null {
  const mark = text.charAt(at);
  if (mark === '/') {
    const next = text.charAt(at + 1);
    if (next === '/') return endOfLine(text, at);
    if (next === '*') {
      const end = text.indexOf('*/', at + 2);
      return end < 0 ? text.length : end + 2;
    }
    return expectsOperand(shown) ? endOfRegularExpression(text, at) : null;
  }
  if (mark === '"' || mark === "'") return endOfQuoted(text, at + 1, mark);
  return mark === '`' ? endOfTemplate(text, at) : null;
}

const operandKeyword = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|new|yield|await)$/;

function expectsOperand(shown: string): boolean {
  const before = shown.trimEnd();
  return before === '' || /[([{,;:=!&|?+\-*%<>~^}]$/.test(before) || operandKeyword.test(before);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** A quote of one mark ends with its line at the latest, unless a backslash goes before. */
function endOfQuoted(text: string, from: number, mark: string): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charAt(at);
    if (code === '\\') at += 1;
    else if (code === '\n' && mark.length === 1) return at;
    else if (code === mark.charAt(0) && text.startsWith(mark, at)) return at + mark.length;
  }
  return text.length;
}

/** A longer one is taken for a division. */
const maxExpressionCharacters = 1000;

function endOfRegularExpression(text: string, at: number): number | null {
  let isInClass = false;
  const last = Math.min(text.length, at + maxExpressionCharacters);
  for (let end = at + 1; end < last; end += 1) {
    const code = text.charAt(end);
    if (code === '\n') return null;
    if (code === '\\') end += 1;
    else if (code === '[') isInClass = true;
    else if (code === ']') isInClass = false;
    else if (code === '/' && !isInClass) return end + (/^[a-z]*/.exec(text.slice(end + 1, end + 12))?.[0].length ?? 0) + 1;
  }
  return null;
}

/** Expressions inside count as part of the template; braces, strings and templates in them are paired. */
function endOfTemplate(text: string, from: number): number {
  /** Open braces of each `${` that the position is in; the last is the innermost. */
  const braces: number[] = [];
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charAt(at);
    if (code === '\\') at += 1;
    else if (braces.length === 0 || braces.at(-1) === -1) {
      // Template text: of the outermost, or of one inside an expression.
      if (code === '`') {
        if (braces.length === 0) return at + 1;
        braces.pop();
      } else if (code === '$' && text.charAt(at + 1) === '{') {
        braces.push(0);
        at += 1;
      }
    } else if (code === '`') braces.push(-1);
    else if (code === '"' || code === "'") at = endOfQuoted(text, at + 1, code) - 1;
    else if (code === '{') braces.push((braces.pop() ?? 0) + 1);
    else if (code === '}') {
      const open = braces.pop() ?? 0;
      if (open > 0) braces.push(open - 1);
    }
  }
  return text.length;
}
