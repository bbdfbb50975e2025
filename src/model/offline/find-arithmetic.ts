/** Arithmetic in a request: `2 + 2`, `15% of 80`, `2 plus 2`, and nothing that merely has digits in it. */

const numberWords: Record<string, string> = Object.fromEntries(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, value) => [word, String(value)]),
);

const operatorWords: [RegExp, string][] = [
  [/\b(?:multiplied by|times)\b/g, '*'],
  [/\bdivided by\b/g, '/'],
  [/\bplus\b/g, '+'],
  [/\bminus\b/g, '-'],
  [/\bmodulo\b|\bmod\b/g, '%'],
  [/\bto the power of\b/g, '^'],
  [/\bsquared\b/g, '^2'],
  [/\bcubed\b/g, '^3'],
  [/\bhalf of\b/g, '0.5 *'],
  [/\ba third of\b/g, '1/3 *'],
  [/\ba quarter of\b/g, '0.25 *'],
];

const decimal = String.raw`\d+(?:\.\d+)?`;
const percentOf = new RegExp(String.raw`(${decimal})\s*(?:%|percent|per cent)\s*of\s*(?=[\d(])`, 'g');
const squareRoot = new RegExp(String.raw`(?:the\s+)?square root of\s*(${decimal})`, 'g');

/** What may stand around an expression that is the whole request. */
const frame =
  /^(?:(?:please|now|and|then|also|can you|could you|calculate|compute|evaluate|work out|find|give me|tell me|what(?:'s| is| are| does| do)?|how much (?:is|are|does|do|makes?)|the (?:value|result|sum|product) of|make|is|:)\s*)+/;
const tail = /(?:\s*(?:equals?|make|makes|is|be|come to|please|exactly|=))*[\s?.!=:]*$/;

/** An operator between two operands; a sign or a bracket alone is no calculation. */
const calculation = /(?:\d|\))\s*(?:[-+*/^%]|\*\*)\s*(?:-?\s*(?:\d|\()|sqrt)|sqrt\(/;
const onlyArithmetic = /^(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|sqrt|[-+*/^%()\s])+$/;
/** Dates, versions, phone numbers and ranges look like subtraction or division without spaces. */
const lookalike = /^\d+(?:[-/.]\d+)+$/;

/** The expression that `text` asks for, in symbols; undefined when it asks for anything else. */
export function findArithmetic(text: string): string | undefined {
  if (
    text.length > 2000 ||
    !/\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|teen|twenty)/i.test(text)
  )
    return undefined;
  let rest = text
    .toLowerCase()
    .replace(/[`"“”]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const commanded = /^(?:please\s+)?(?:calculate|compute|evaluate|work out)\b/.test(rest);
  rest = rest.replace(frame, '').replace(tail, '').trim();
  rest = rest
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/[×·]/g, '*')
    .replace(/÷/g, '/')
    .replace(/−|–/g, '-')
    .replace(/(\d|\))\s*x\s*(?=\d|\()/g, '$1 * ');
  rest = rest.replace(squareRoot, 'sqrt($1)').replace(percentOf, '$1 / 100 * ');
  rest = rest.replace(/\*\*/g, '^');
  for (const [word, symbol] of operatorWords) rest = rest.replace(word, symbol);
  rest = rest
    .replace(/\b[a-z]+\b/g, (word) => numberWords[word] ?? word)
    .replace(/\s+/g, ' ')
    .trim();
  if (!onlyArithmetic.test(rest) || !calculation.test(rest)) return undefined;
  return lookalike.test(rest) && !commanded && !/what|how much|=/i.test(text) ? undefined : rest;
}
