/** What the rules decide to answer, before it takes the form of the AI SDK. */
import type { JSONObject } from '@ai-sdk/provider';

export interface ToolRequest {
  toolName: string;
  input: JSONObject;
}

export type Reply =
  /** `chunks` joined are the answer; a stream sends them one by one. */
  { kind: 'text'; chunks: string[] } | { kind: 'tool-calls'; calls: ToolRequest[] };

/** A text as a reply, cut into its lines for streaming. */
export function textReply(text: string): Reply {
  return { kind: 'text', chunks: text.split(/(?<=\n)/) };
}
