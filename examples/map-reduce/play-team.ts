/** A scripted model that plays the team: no network, no key. It answers by what it is shown, as a model would. */
import { type ScriptedAnswer, type ScriptedModel, scriptedModel } from 'planwright/testing';

const topics = ['the budget', 'the roof', 'the garden', 'the school', 'the bridge'];

export function playTeam(parts: number): ScriptedModel {
  return scriptedModel(({ prompt }) => {
    const shown = JSON.stringify(prompt);
    if (shown.includes('You answer with a JSON list')) return split(parts);
    if (shown.includes('You say in one line')) return readPart(shown);
    return summarize(prompt);
  });
}

function split(count: number): string {
  const parts = Array.from({ length: count }, (_, at) => ({
    number: at + 1,
    text: `About ${topics[at % topics.length]}: ${'so it was said and so it was agreed, '.repeat(10)}and that was all.`,
  }));
  return JSON.stringify({ date: '2026-03-04', parts });
}

/** Its item stands in a section of its own. */
function readPart(shown: string): string {
  const [, number = '?'] = /Part (\d+), in one line/.exec(shown) ?? [];
  const [, topic = '?'] = /About ([\w ]+):/.exec(shown) ?? [];
  return `Part ${number} is about ${topic}; the text has the usual forms of words and nothing else of interest.`;
}

/** It has been shown the beginning and the end of the list, and reads the whole before it answers. */
function summarize(prompt: Parameters<Parameters<typeof scriptedModel>[0]>[0]['prompt']): string | ScriptedAnswer {
  const pages = prompt.flatMap((message) => (message.role === 'tool' ? message.content : []));
  const read = pages
    .map((page) =>
      page.type === 'tool-result' && page.output.type === 'json' ? (page.output.value as { text: string }).text : '',
    )
    .join('');
  const shown = JSON.stringify(prompt);
  const isCut = shown.includes('digest=\\"true\\"');
  if (isCut && read === '') return { toolCalls: [{ id: 'whole', name: 'read_result', input: { result: 'each', from: 0 } }] };
  const lines = new Set((isCut ? read : shown).match(/Part \d+ is about [\w ]+/g));
  const counts = topics.map((topic) => `${topic} ${[...lines].filter((line) => line.endsWith(topic)).length}`);
  const [, date = '?'] = /at the meeting of ([\d-]+)/.exec(shown) ?? [];
  return `${date}: ${counts.join(', ')}`;
}
