/** A scripted model in the place of a language model. The coder learns from what it is told; the critic really runs the code. */
import { type ScriptedAnswer, type ScriptedModel, scriptedModel } from 'planwright/testing';

const middle = `
  const at = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[at] : (sorted[at - 1] + sorted[at]) / 2;
}`;
/** Sorts as text; sorts the caller's own list; is right. */
const tries = [
  `function median(numbers) {\n  const sorted = numbers.sort();${middle}`,
  `function median(numbers) {\n  const sorted = numbers.sort((a, b) => a - b);${middle}`,
  `function median(numbers) {\n  const sorted = [...numbers].sort((a, b) => a - b);${middle}`,
];
const probe = `const given = [3, 1, 2];\nmedian(given);\nconsole.assert(given.join() === '3,1,2', 'the caller has', given.join());`;

export function playTeam(): ScriptedModel {
  return scriptedModel(({ prompt }) => {
    const shown = JSON.stringify(prompt);
    if (shown.includes('You write one JavaScript function')) return writeCode(shown);
    const result = prompt.flatMap(({ role, content }) => (role === 'tool' ? content : [])).at(-1);
    return result === undefined ? runProbe(shown) : judge(JSON.stringify(result));
  });
}

function writeCode(shown: string): string {
  if (shown.includes('the caller has')) return tries[2] ?? '';
  return (shown.includes('of three') ? tries[1] : tries[0]) ?? '';
}

/** On the very code that it is shown. */
function runProbe(shown: string): ScriptedAnswer {
  const code = tries.find((text) => shown.includes(JSON.stringify(text).slice(1, -1))) ?? '';
  return { toolCalls: [{ id: 'probe', name: 'run_code', input: { language: 'javascript', code, tests: probe } }] };
}

function judge(result: string): string {
  const [, seen] = /(the caller has [\d,]+)/.exec(result) ?? [];
  if (seen !== undefined) {
    const defect = { what: 'median sorts the list of its caller.', evidence: `median([3, 1, 2]): afterwards ${seen}.` };
    return JSON.stringify({ verdict: 'reject', defects: [defect], tried: [] });
  }
  const tried = { tool: 'run_code', what: 'median([3, 1, 2])', seen: 'the list of the caller is as it was' };
  return JSON.stringify({ verdict: 'accept', defects: [], tried: [tried] });
}
