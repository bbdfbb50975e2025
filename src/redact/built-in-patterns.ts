/** Patterns that can be named instead of written. RE2, so no lookaround; what a pattern alone can't tell is told by a checksum. */

/** `luhn`: payment cards. `mod97`: IBANs (ISO 7064). A match that fails it is left as it is. */
export type Checksum = 'luhn' | 'mod97';

interface BuiltInPattern {
  pattern: string;
  checksum?: Checksum;
}

export const builtInNames = ['email', 'phone', 'iban', 'card', 'ipv4', 'aws-key', 'private-key', 'jwt', 'bearer-token'] as const;
export type BuiltInName = (typeof builtInNames)[number];

const octet = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';

export const builtInPatterns: Readonly<Record<BuiltInName, BuiltInPattern>> = {
  email: { pattern: '[\\pL\\pN._%+-]+@[\\pL\\pN-]+(?:\\.[\\pL\\pN-]+)*\\.\\pL{2,}' },
  /** International with `+`, or at least nine digits in groups that start with 0 or stand in parentheses. */
  phone: {
    pattern:
      '\\+\\d(?:[ ()./-]{0,2}\\d){7,14}\\b|\\(0?\\d{2,5}\\)(?:[ ./-]?\\d){5,10}\\b|\\b0\\d{1,5}[ /-](?:[ ./-]?\\d){4,10}\\b',
  },
  iban: { pattern: '\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]){11,30}\\b', checksum: 'mod97' },
  /** 13 to 19 digits with the first digits of a card network. */
  card: {
    pattern:
      '\\b(?:4\\d{3}|5[1-5]\\d\\d|2[2-7]\\d\\d|6(?:011|[45]\\d\\d)|3[47]\\d\\d|3[068]\\d\\d|35\\d\\d)(?:[ -]?\\d){9,15}\\b',
    checksum: 'luhn',
  },
  ipv4: { pattern: `\\b${octet}(?:\\.${octet}){3}\\b` },
  'aws-key': { pattern: '\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b' },
  /** A PEM block; one that was cut off, to its end. */
  'private-key': {
    pattern: '(?s)-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\\z)',
  },
  jwt: { pattern: '\\beyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*' },
  'bearer-token': { pattern: '(?i)\\bbearer +[A-Za-z0-9._~+/-]{8,}=*' },
};

export function meetsChecksum(text: string, checksum: Checksum): boolean {
  return checksum === 'luhn' ? meetsLuhn(text.replaceAll(/\D/g, '')) : meetsMod97(text.replaceAll(' ', ''));
}

function meetsLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = index % 2 === 0 ? Number(digit) : Number(digit) * 2;
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return digits.length >= 13 && sum % 10 === 0;
}

/** The first four characters go to the end, letters count from A = 10, and the remainder is 1. */
function meetsMod97(iban: string): boolean {
  const turned = `${iban.slice(4)}${iban.slice(0, 4)}`;
  let remainder = 0;
  for (const character of turned) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
