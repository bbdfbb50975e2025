/** A tool's name as the name of a role. */

const maxLength = 64;

/**
 * `WolframAlpha` → `wolfram-alpha`, `LLM` → `llm`. A name without a letter or digit gives `fallback`.
 * @param fallback Default `worker`.
 */
export function toRoleName(tool: string, fallback = 'worker'): string {
  const name = tool
    .slice(0, 200)
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1-$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1-$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+/, '')
    .slice(0, maxLength)
    .replace(/-+$/, '');
  if (name === '') return fallback;
  // Role names that objects inherit are refused in team files.
  return name in Object.prototype ? `${name}-role` : name;
}
