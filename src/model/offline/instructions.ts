/**
 * The instructions that the offline planner writes, and how the offline executor reads them back. They are plain
 * sentences, so that any model can follow them; any other instruction is read as a request in a person's words.
 */

const research = 'Find and quote what the files say about: ';
const researchOneFile = /^Find and quote what the file "([^"]+)" says about: ([\s\S]+)$/;
const survey = 'Quote the main points of these files: ';
const calculate = 'Calculate: ';
const check =
  'Check every citation in the results you were given: read each cited line in the files again and say whether the quote stands there and is about its question.';
const write = 'Write the report from the results you were given, keeping only what is cited and was not rejected. The task: ';

export function researchInstruction(part: string, file?: string): string {
  return file === undefined ? `${research}${part}` : `Find and quote what the file "${file}" says about: ${part}`;
}

export function surveyInstruction(files: string[]): string {
  return `${survey}${files.map((file) => `"${file}"`).join(', ')}`;
}

export function calculateInstruction(expression: string): string {
  return `${calculate}${expression}`;
}

export function checkInstruction(): string {
  return check;
}

export function writeInstruction(task: string): string {
  return `${write}${task}`;
}

export type Assignment =
  | { kind: 'research'; part: string; file?: string }
  | { kind: 'survey'; files: string[] }
  | { kind: 'calculate'; expression: string }
  | { kind: 'check' }
  | { kind: 'write'; task: string }
  | { kind: 'request'; text: string };

export function readAssignment(instruction: string): Assignment {
  const text = instruction.trim();
  if (text.startsWith(research)) return { kind: 'research', part: text.slice(research.length) };
  const scoped = researchOneFile.exec(text);
  if (scoped?.[1] !== undefined && scoped[2] !== undefined) return { kind: 'research', part: scoped[2], file: scoped[1] };
  if (text.startsWith(survey))
    return { kind: 'survey', files: [...text.matchAll(/"([^"\n]+)"/g)].map((match) => match[1] ?? '') };
  if (text.startsWith(calculate)) return { kind: 'calculate', expression: text.slice(calculate.length) };
  if (text.startsWith(write)) return { kind: 'write', task: text.slice(write.length) };
  if (
    text === check ||
    /^\W*(?:please\s+)?(?:check|verify|review|audit|fact-?check|criti(?:que|ci[sz]e)|inspect|validate|confirm)\b/i.test(text)
  )
    return { kind: 'check' };
  return /^\W*(?:please\s+)?(?:write|assemble|compose|draft|edit|merge|combine|synthesi[sz]e|put together|compile)\b/i.test(text)
    ? { kind: 'write', task: text }
    : { kind: 'request', text };
}
