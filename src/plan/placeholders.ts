/** `{placeholder}`, in CrewAI's form: a letter or `_`, then letters, digits, `_` and `-` (crewai/utilities/string_utils.py, 1.15). Other braces are text. */

const placeholder = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;
/** Written like one, but with a space: CrewAI leaves it as it is. */
const spaced = /\{[A-Za-z_][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+){1,5}\}/g;

/** Each once, in the order of the text. */
export function findPlaceholders(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(placeholder), ([, name = '']) => name))];
}

export function findSpacedPlaceholders(text: string): string[] {
  return [...new Set(text.match(spaced) ?? [])];
}

/** What a value holds is not searched again. */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(placeholder, (written, name: string) => values.get(name) ?? written);
}
