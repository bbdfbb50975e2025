/** What a filled-in form asks the server to compare. Empty fields are left out: the server's own values hold. */
import { readTaskLines } from './task-lines.ts';

export interface ComparisonRequest {
  tasks: Record<string, unknown>[];
  team?: string;
  model?: string;
  repeats?: number;
  maxUsd?: number;
  concurrency?: number;
  fixedN?: true;
}

export type ReadForm = { kind: 'ready'; request: ComparisonRequest } | { kind: 'refused'; problems: string[] };

export function readComparisonForm(form: FormData): ReadForm {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const given = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  const number = (name: string) => (text(name) === '' ? {} : { [name]: Number(text(name)) });
  const { tasks, problems } = readTaskLines(text('tasks'));
  if (problems.length > 0) return { kind: 'refused', problems };
  return {
    kind: 'ready',
    request: {
      tasks,
      ...given('team'),
      ...given('model'),
      ...number('repeats'),
      ...number('maxUsd'),
      ...number('concurrency'),
      ...(form.get('fixedN') === null ? {} : { fixedN: true }),
    },
  };
}
