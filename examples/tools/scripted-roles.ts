/** A scripted model in the place of a language model: it plays both roles, and reads what its tools have told it. */
import { type ScriptedAnswer, type ScriptedModel, scriptedModel } from 'planwright/testing';

export interface PlayedRoles {
  model: ScriptedModel;
  /** The tools that each role was shown. */
  shown: Map<string, string[]>;
}

export function playRoles(): PlayedRoles {
  const shown = new Map<string, string[]>();
  const model = scriptedModel(({ prompt, tools = [] }) => {
    const role = /You are the (\w+)/.exec(JSON.stringify(prompt))?.[1] ?? '';
    shown.set(
      role,
      tools.map(({ name }) => name),
    );
    const results = prompt
      .flatMap(({ role: from, content }) => (from === 'tool' ? content : []))
      .map((part) => JSON.stringify(part));
    return role === 'clerk' ? playClerk(results) : playBuyer(results);
  });
  return { model, shown };
}

/** Two prices, their sum, an offer. */
function playClerk(results: string[]): ScriptedAnswer {
  const numbers = results.flatMap((result) => /([\d.]+) EUR/.exec(result)?.[1] ?? []);
  const [tea = '0', cup = '0'] = numbers;
  const sum = results.map((result) => / = ([\d.]+)/.exec(result)?.[1]).find((found) => found !== undefined);
  if (sum !== undefined) return { text: `2 × tea and 4 × cup: ${sum} EUR.` };
  if (numbers.length > 0) return { toolCalls: [{ name: 'calc', input: { expression: `2 * ${tea} + 4 * ${cup}` } }] };
  return {
    toolCalls: ['tea', 'cup'].map((thing) => ({ name: 'shop_price', input: { thing } })),
  };
}

function playBuyer(results: string[]): ScriptedAnswer {
  const ordered = results.flatMap((result) => /Ordered: [^"]*/.exec(result) ?? []);
  return ordered.length > 0
    ? { text: ordered.join(' ') }
    : { toolCalls: [{ id: 'order-cups', name: 'shop_order', input: { thing: 'cup', count: 4 } }] };
}
