/** What a model double is asked, read from its prompt. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';

export interface Asked {
  /** `plan` or `revision` for a planner's call; null for an executor's or a synthesizer's. */
  schema: 'plan' | 'revision' | null;
  /** From `You are the …`. */
  role: string;
  task: string;
  instruction: string;
  /** Results that were handed over, in order of their subtasks' ids. */
  handed: { id: string; role: string; text: string }[];
  /** What this work takes for granted, then what later work does. */
  assumptions: string[];
  /** The verdict on the answer before. */
  feedback: string | null;
  /** A tool of this attempt has answered already. */
  hasUsedTool: boolean;
  /** The prompt's user part: sections that only planners get are read from it. */
  user: string;
  /** Of the whole prompt. */
  characters: number;
}

export function readPrompt(request: LanguageModelV4CallOptions): Asked {
  let system = '';
  let user = '';
  for (const message of request.prompt) {
    if (message.role === 'system') system += message.content;
    if (message.role === 'user') for (const part of message.content) if (part.type === 'text') user += part.text;
  }
  const name = request.responseFormat?.type === 'json' ? request.responseFormat.name : undefined;
  return {
    schema: name === 'plan' || name === 'revision' ? name : null,
    role: /You are the ([a-z-]+)/.exec(system)?.[1] ?? '',
    task: readSection(user, 'task') ?? /\n\nTask: ([\s\S]*)$/.exec(system)?.[1] ?? '',
    instruction: readSection(user, 'instruction') ?? '',
    handed: [...user.matchAll(/<dependency id="([^"]*)" role="([^"]*)">\n([\s\S]*?)\n<\/dependency>/g)].map(
      ([, id = '', role = '', text = '']) => ({ id, role, text }),
    ),
    assumptions: ['assumes', 'assumptions'].flatMap((section) => listLines(readSection(user, section) ?? '')),
    feedback: readSection(user, 'feedback') ?? null,
    hasUsedTool: request.prompt.some(({ role }) => role === 'tool'),
    user,
    characters: system.length + user.length,
  };
}

/** The text between `<name>` and `</name>`. */
export function readSection(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\n([\\s\\S]*?)\\n</${name}>`).exec(text)?.[1];
}

function listLines(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []));
}
