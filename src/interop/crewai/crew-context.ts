/**
 * Which outputs CrewAI hands a task (crewai/crew.py, `_execute_tasks` and `_get_context`, 1.15):
 * 1. With `context`: those of the tasks that it names, and none for an empty list.
 * 2. Without: all outputs so far. After asynchronous tasks their outputs take the place of all before them.
 * 3. Without, of an asynchronous task: none.
 */

export interface ContextTask {
  name: string;
  context: readonly string[] | null;
  isAsync: boolean;
}

/** For each task, in order, the names of the tasks whose outputs it is given. */
export function followContext(tasks: readonly ContextTask[]): string[][] {
  let outputs: string[] = [];
  let running: string[] = [];
  return tasks.map(({ name, context, isAsync }) => {
    if (isAsync) {
      running.push(name);
      return [...(context ?? [])];
    }
    if (running.length > 0) outputs = running;
    running = [];
    const given = [...(context ?? outputs)];
    outputs = [...outputs, name];
    return given;
  });
}
