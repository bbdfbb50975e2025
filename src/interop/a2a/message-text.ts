/** Texts as parts of messages and artifacts, and back. */
import type { Message, Task } from '@a2a-js/sdk';
import type { LanguageModelV4Prompt } from '@ai-sdk/provider';

export type Part = Message['parts'][number];
export type Artifact = Task['artifacts'][number];

export function textPart(value: string): Part {
  return { content: { $case: 'text', value }, metadata: undefined, filename: '', mediaType: 'text/plain' };
}

export function textOfPrompt(prompt: LanguageModelV4Prompt): string {
  return prompt
    .flatMap(({ content }) =>
      typeof content === 'string' ? [content] : content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
    )
    .join('\n\n');
}

/** Text as it is, data as JSON; of files and links their names. */
export function textOfParts(parts: readonly Part[]): string {
  return parts
    .map(textOfPart)
    .filter((text) => text !== '')
    .join('');
}

function textOfPart({ content, filename, mediaType }: Part): string {
  switch (content?.$case) {
    case 'text':
      return content.value;
    case 'data':
      return JSON.stringify(content.value) ?? '';
    case 'url':
      return `[file ${filename || content.value} ${mediaType}]`;
    case 'raw':
      return `[file ${filename} ${mediaType}, ${content.value.length} bytes]`;
    case undefined:
      return '';
  }
}

/** Artifacts in the order in which they came; else what the agent says of its end. */
export function textOfTask({ artifacts, status }: Pick<Task, 'artifacts' | 'status'>): string {
  const made = artifacts.map(({ parts }) => textOfParts(parts)).filter((text) => text.trim() !== '');
  return made.length > 0 ? made.join('\n\n') : textOfParts(status?.message?.parts ?? []);
}
