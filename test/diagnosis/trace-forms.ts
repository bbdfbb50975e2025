/** Short ways to write traces in the layouts that are imported. */

export type Said = [speaker: string, text: string] | [speaker: string, text: string | null, ...calls: Called[]];

export interface Called {
  tool: string;
  input?: unknown;
  /** null: nothing comes back. */
  gives: string | null;
}

/** A list of messages in OpenAI's form; `user` and `system` are roles, everyone else is an assistant with a name. */
export function messagesOf(...said: Said[]): object[] {
  let id = 0;
  return said.flatMap(([speaker, text, ...calls]) => {
    if (speaker === 'user' || speaker === 'system') return [{ role: speaker, content: text }];
    const named = (calls as Called[]).map((called) => ({ ...called, id: `call-${++id}` }));
    const asked = named.map(({ id: callId, tool, input = {} }) => ({
      id: callId,
      type: 'function',
      function: { name: tool, arguments: JSON.stringify(input) },
    }));
    return [
      {
        role: 'assistant',
        ...(speaker === 'assistant' ? {} : { name: speaker }),
        content: text,
        ...(asked.length === 0 ? {} : { tool_calls: asked }),
      },
      ...named.flatMap(({ id: callId, tool, gives }) =>
        gives === null ? [] : [{ role: 'tool', tool_call_id: callId, name: tool, content: gives }],
      ),
    ];
  });
}

/** Who&When: a question and who said what. */
export function historyOf(question: string, ...said: [speaker: string, text: string][]): object {
  return {
    question,
    history: [{ role: 'human', content: question }, ...said.map(([name, content]) => ({ role: 'user', name, content }))],
  };
}

export function call(tool: string, input: unknown, gives: string | null): Called {
  return { tool, input, gives };
}
