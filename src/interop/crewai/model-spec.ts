/** What an agent's `llm` is called here. CrewAI names models as LiteLLM does: `provider/model`, or a model alone. */

const hosted: Readonly<Record<string, string>> = {
  openai: 'openai:',
  anthropic: 'anthropic:',
  gemini: 'google:',
  google: 'google:',
};

/** OpenAI-compatible addresses, as these services document them. */
const servers: Readonly<Record<string, string>> = {
  ollama: 'http://127.0.0.1:11434/v1#',
  ollama_chat: 'http://127.0.0.1:11434/v1#',
  openrouter: 'https://openrouter.ai/api/v1#',
  groq: 'https://api.groq.com/openai/v1#',
};

const families: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt-|o\d|chatgpt-)/i, 'openai:'],
  [/^claude-/i, 'anthropic:'],
  [/^gemini-/i, 'google:'],
];

/** undefined: none that is known; such a name may be one of the crew's Python. */
export function toModelSpec(llm: string): string | undefined {
  if (/[\s{}]/.test(llm)) return undefined;
  const slash = llm.indexOf('/');
  if (slash === -1) {
    const family = families.find(([form]) => form.test(llm));
    return family === undefined ? undefined : `${family[1]}${llm}`;
  }
  const provider = llm.slice(0, slash).toLowerCase();
  const model = llm.slice(slash + 1);
  const prefix = Object.hasOwn(hosted, provider)
    ? hosted[provider]
    : Object.hasOwn(servers, provider)
      ? servers[provider]
      : undefined;
  return prefix === undefined || model === '' ? undefined : `${prefix}${model}`;
}
