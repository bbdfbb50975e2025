/** A scripted model that plays clerk and editor: no network, no key. It answers by what it is shown, as a model would. */
import { type ScriptedModel, scriptedModel } from 'planwright/testing';

const notice = 'The lift is out of service.';
/** What a reader asks, and the line that answers it. */
const questions = [
  ['From when to when?', 'From Monday 8 to Wednesday 18 o’clock.'],
  ['Whom do I call?', 'Questions: Ms Lang, ground floor.'],
] as const;

export function playTeam(): ScriptedModel {
  return scriptedModel(({ prompt }) => {
    const shown = JSON.stringify(prompt);
    return shown.includes('as a resident would') ? criticize(shown) : write(shown);
  });
}

function criticize(shown: string): string {
  const [open] = questions.filter(([, line]) => !shown.includes(line)).map(([question]) => question);
  return JSON.stringify(open === undefined ? { verdict: 'good', feedback: '' } : { verdict: 'revise', feedback: open });
}

/** Keeps the lines of its last draft, and adds the one that was asked for. */
function write(shown: string): string {
  const lines = questions.filter(([question, line]) => shown.includes(question) || shown.includes(line)).map(([, line]) => line);
  return [notice, ...lines].join('\n');
}
