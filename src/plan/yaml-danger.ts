/** What would keep the YAML parser busy for minutes, found before it runs: its time grows with the square of these and worse. */
import { CST, Lexer } from 'yaml';

export const maxAliases = 100;
const maxFlowDepth = 64;
/** Columns; each level of a block stands further to the right, so this bounds its depth. */
const maxIndent = 200;

export interface YamlDanger {
  message: string;
  line: number;
  column: number;
}

/** One linear pass over the tokens. */
export function findYamlDanger(text: string, maxTokens: number): YamlDanger | null {
  let tokens = 0;
  let aliases = 0;
  let flowDepth = 0;
  const place = { line: 1, column: 1 };
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > maxTokens) return { message: `the file has more than ${maxTokens} tokens`, line: 1, column: 1 };
    const type: CST.TokenType | null = isText ? null : CST.tokenType(token);
    isText = type === 'scalar';
    if (type === 'alias') aliases += 1;
    if (type === 'flow-seq-start' || type === 'flow-map-start') flowDepth += 1;
    if (type === 'flow-seq-end' || type === 'flow-map-end') flowDepth -= 1;
    const indent = type === 'space' && place.column === 1 ? token.length : type === 'seq-item-ind' ? place.column : 0;
    const message =
      aliases > maxAliases
        ? `the file uses more than ${maxAliases} aliases (*name)`
        : flowDepth > maxFlowDepth
          ? `brackets are nested more than ${maxFlowDepth} deep`
          : indent > maxIndent
            ? `the file is indented by more than ${maxIndent} columns`
            : type === 'explicit-key-ind'
              ? 'a key marked with "?" is not supported; write `key: value`'
              : null;
    if (message !== null) return { message, ...place };
    if (type === null || !signals.has(type)) advance(place, token);
  }
  return null;
}

/** Tokens that stand for no character of the text. After `scalar` comes the text of one, whatever it looks like. */
const signals = new Set(['byte-order-mark', 'doc-mode', 'flow-error-end', 'scalar']);

function advance(place: { line: number; column: number }, token: string): void {
  let lineStart = 0;
  for (let at = token.indexOf('\n'); at >= 0; at = token.indexOf('\n', lineStart)) {
    place.line += 1;
    place.column = 1;
    lineStart = at + 1;
  }
  place.column += token.length - lineStart;
}
