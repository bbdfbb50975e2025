/** The number that a text answers with: the whole text when it is one, else the last one in it. */

/** Between groups of three digits: comma, apostrophes, underscore, no-break and thin spaces. */
const separators = ",'’_\\u00A0\\u2009\\u202F";
const grouped = `\\d{1,3}(?:[${separators}]\\d{3})+(?!\\d)`;
const unsigned = `(?:(?:${grouped}|\\d+)(?:\\.\\d+)?|(?<!\\.)\\.\\d+)(?:[eE][+-]?\\d{1,3}(?![\\d.]))?`;
/** A sign belongs to a number unless something that could be subtracted from stands before it. Digits inside a word (`H2O`, `v2`) are none. */
const inText = new RegExp(`(?<![\\p{L}\\p{N}_]|\\d\\.)(?:(?<![\\p{L}\\p{N})\\]])[-−+])?${unsigned}`, 'gu');
const alone = new RegExp(`^[-−+]?${unsigned}$`, 'u');
/** `[path:12]` and `[path:12-14]` of a citation: their numbers are lines. */
const citationPlace = /\[[^[\]\n]{1,1000}:L?\d{1,9}(?:\s?[-–]\s?L?\d{1,9})?`?\]/g;
const signs = new RegExp(`[${separators} ]`, 'gu');

/** Thousands separators are read as such (`1,234,567.5`); a decimal comma is not known. null without a number. */
export function findNumber(text: string): number | null {
  const whole = text.trim();
  // Ordinary spaces group digits only where nothing else is there to be counted.
  const spaced = /^[-−+]?\d{1,3}(?: \d{3})+(?:\.\d+)?$/.test(whole) ? whole.replaceAll(' ', '') : whole;
  if (alone.test(spaced)) return toNumber(spaced);
  let last: number | null = null;
  for (const [found] of whole.replace(citationPlace, ' ').matchAll(inText)) last = toNumber(found) ?? last;
  return last;
}

function toNumber(written: string): number | null {
  const value = Number(written.replace('−', '-').replace(signs, ''));
  return Number.isFinite(value) ? value : null;
}
