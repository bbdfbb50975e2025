/** What a server's tool has answered, as a tool's result: text or data. What is neither is named and left out. */
import type { CallToolResult } from '@modelcontextprotocol/client';
import type { Json } from '../../json.ts';
import { mapTexts } from './map-texts.ts';
import { measureDepth } from './tame-schema.ts';

const maxCharacters = 200_000;
const maxDepth = 50;
const errorCharacters = 2000;

/** @param redact Takes secrets out. @throws {Error} the server's own words, when it says that the tool failed. */
export function readToolResult({ content, structuredContent, isError }: CallToolResult, redact: (text: string) => string): Json {
  const text = redact(content.map(describeBlock).join('\n'));
  if (isError === true) throw new Error(text === '' ? 'The tool failed and did not say why.' : text.slice(0, errorCharacters));
  if (structuredContent === undefined) return cut(text);
  const data = structuredContent as { [key: string]: Json };
  if (measureDepth(data, maxDepth) > maxDepth) return text === '' ? 'The answer is nested too deep to be shown.' : cut(text);
  const shown = mapTexts(data, redact);
  const json = JSON.stringify(shown);
  return json.length > maxCharacters ? cut(json) : shown;
}

function describeBlock(block: CallToolResult['content'][number]): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `[${block.type} ${block.mimeType}, ${Math.floor((block.data.length * 3) / 4)} bytes: not shown]`;
    case 'resource':
      return 'text' in block.resource
        ? `[${block.resource.uri}]\n${block.resource.text}`
        : `[${block.resource.uri}, ${Math.floor((block.resource.blob.length * 3) / 4)} bytes: not shown]`;
    case 'resource_link':
      return `[${block.name}: ${block.uri}]`;
    default:
      return '[something of an unknown kind: not shown]';
  }
}

function cut(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}… (${text.length} characters, cut)`;
}
