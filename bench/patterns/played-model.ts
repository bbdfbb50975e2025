/** A scripted model whose every call takes one unit: an answer that is asked for whole comes at its end, a streamed one during it. */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { Clock } from 'planwright';
import { type ScriptedAnswer, scriptedModel } from 'planwright/testing';
import type { PlayedCall } from './play.ts';

/** Virtual ms. */
export const callMs = 1000;
/** A streamed answer comes in so many equal pieces. */
const most = 20;

export function playedModel(clock: Clock, answer: (call: PlayedCall) => string | ScriptedAnswer): LanguageModelV4 {
  const play = (request: LanguageModelV4CallOptions): ScriptedAnswer => {
    const given = answer(readCall(request));
    const { text = [], ...rest }: ScriptedAnswer = typeof given === 'string' ? { text: given } : given;
    return { ...rest, text: typeof text === 'string' ? text : text.join(''), latencyMs: callMs, deltaMs: 0 };
  };
  const whole = scriptedModel(play, { clock });
  const streamed = scriptedModel((request) => inPieces(play(request)), { clock });
  return { ...whole, doStream: (request) => streamed.doStream(request) };
}

function inPieces({ text = '', ...rest }: ScriptedAnswer): ScriptedAnswer {
  const written = typeof text === 'string' ? text : text.join('');
  const length = Math.max(1, Math.ceil(written.length / most));
  const pieces = Array.from({ length: Math.ceil(written.length / length) }, (_, at) =>
    written.slice(at * length, (at + 1) * length),
  );
  const deltaMs = Math.floor(callMs / Math.max(1, pieces.length));
  return { ...rest, text: pieces, deltaMs, latencyMs: callMs - deltaMs * Math.max(0, pieces.length - 1) };
}

/** The instruction is the prompt's last section of that name: results stand before it. */
function readCall({ prompt }: LanguageModelV4CallOptions): PlayedCall {
  const text = prompt
    .map(({ content }) =>
      typeof content === 'string'
        ? content
        : content.map((part) => ('text' in part ? part.text : JSON.stringify(part))).join('\n'),
    )
    .join('\n');
  const instructions = [...text.matchAll(/^<instruction>\n([\s\S]*?)\n<\/instruction>$/gm)];
  return { text, instruction: instructions.at(-1)?.[1] ?? '' };
}
