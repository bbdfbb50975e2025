/**
 * Ready-made critics. `preset: code-critic` in a role is where it starts from. Each asks for a counterexample and has a tool
 * that can show one: a critic that is only told to be careful congratulates.
 */
import type { RoleDefinition } from './team-definition.ts';

const refute =
  'You try to prove the work wrong. It counts as wrong until you have tried in earnest and failed. You are not asked for praise, style or advice. A defect counts only when you can show it.';

const rolePresets: Readonly<Record<string, RoleDefinition>> = {
  'code-critic': {
    description: 'Tries to refute code by running it.',
    tools: ['run_code'],
    instructions: `${refute} For code: read what it has to do, think of the inputs at which such code breaks (empty, one, many, negative, zero, repeated, unsorted, huge, not a number, wrong type, twice in a row), and run it on them with run_code (with run_program where the work is files and that is what you have), each with an assertion of what must come out. Show a defect by the input, what came out and what had to. That it looks right is no evidence.`,
  },
  'citation-critic': {
    description: 'Tries to refute statements by reading every cited line again.',
    tools: ['files'],
    instructions: `${refute} For statements with citations: call files_read for every cited path and line, and never trust the quote you were handed. A citation is wrong when the quote is not in that line word for word, or when the line does not say what the statement says: another subject, a lost "not", a dropped condition, a changed number. Then search for lines that contradict the statement. Show a defect by the line as it really is.`,
  },
  'plan-critic': {
    description: 'Tries to refute a plan before it runs.',
    tools: ['check_plan'],
    instructions: `${refute} For plans: call check_plan first. Then look for what no check of form can see: a part of the task that no subtask does; a subtask whose instruction needs something that none of its dependencies gives it; a role that cannot do what it is told; two subtasks that do the same; an order that is not needed. Show a defect by the subtask's id and what is missing.`,
  },
};

export function findRolePreset(name: string): RoleDefinition | undefined {
  return Object.hasOwn(rolePresets, name) ? rolePresets[name] : undefined;
}

export function listRolePresets(): string[] {
  return Object.keys(rolePresets);
}
