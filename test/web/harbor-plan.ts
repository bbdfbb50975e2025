/** Twelve subtasks of the team press.yaml: one is rejected at first, one is done by a sub-team. Its scripted model reads the brackets. */
import type { Plan, Subtask } from 'planwright';

export function subtask(id: string, role: string, dependsOn: string[], instruction = `Do ${id} with care. [wait 150]`): Subtask {
  return { id, role, instruction, dependsOn };
}

const desk = {
  subtasks: [
    subtask('ask', 'reporter', [], 'Ask the north. [wait 200]'),
    subtask('polish', 'editor', ['ask'], 'Polish it. [wait 100]'),
  ],
  deliverable: 'polish',
};

export const harborPlan: Plan = {
  version: 1,
  task: 'Write the morning report on the harbor: what arrived, what left, what is late, and why.',
  deliverable: 'report',
  subtasks: [
    subtask('arrivals', 'finder', []),
    subtask('departures', 'finder', []),
    {
      ...subtask(
        'delays',
        'finder',
        [],
        'List what is late. [wait 100] [at first: Nothing was found.] [answer: The ferry is late.]',
      ),
      accept: [{ kind: 'predicate', contains: 'late' }],
    },
    subtask('check-arrivals', 'checker', ['arrivals']),
    subtask('check-departures', 'checker', ['departures']),
    subtask('check-delays', 'checker', ['delays']),
    subtask('desk-north', 'desk', ['check-arrivals'], `Write on the north.\n[plan: ${JSON.stringify(desk)}]`),
    subtask('table', 'writer', ['check-arrivals', 'check-departures']),
    subtask('reasons', 'finder', ['check-delays']),
    subtask('check-reasons', 'checker', ['reasons']),
    subtask('map', 'writer', ['check-departures']),
    subtask(
      'report',
      'writer',
      ['table', 'map', 'desk-north', 'check-reasons'],
      'Write the report. [answer: # Harbor report\n\nThe **ferry** is late.\n\n| Ship | State |\n|---|---|\n| Ferry | late |\n| Barge | here |]',
    ),
  ],
};

/** The same with so many times the waiting. */
export function slowed(plan: Plan, factor: number): Plan {
  const slow = (text: string) => text.replace(/\[wait (\d+)\]/g, (_, ms: string) => `[wait ${Number(ms) * factor}]`);
  return { ...plan, subtasks: plan.subtasks.map((one) => ({ ...one, instruction: slow(one.instruction) })) };
}
