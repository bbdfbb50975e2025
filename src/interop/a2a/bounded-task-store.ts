/** Tasks that clients may ask after, in memory: the latest so many. Their runs are in Planwright's own store, whatever becomes of them here. */
import type { ListTasksRequest, ListTasksResponse, Task } from '@a2a-js/sdk';
import type { TaskStore } from '@a2a-js/sdk/server';

const mostTasks = 1000;
const mostListed = 100;

export class BoundedTaskStore implements TaskStore {
  /** The one that was touched longest ago first. */
  readonly #tasks = new Map<string, Task>();

  save(task: Task): Promise<void> {
    this.#tasks.delete(task.id);
    this.#tasks.set(task.id, structuredClone(task));
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size > mostTasks && oldest !== undefined) this.#tasks.delete(oldest);
    return Promise.resolve();
  }

  load(taskId: string): Promise<Task | undefined> {
    const task = this.#tasks.get(taskId);
    return Promise.resolve(task === undefined ? undefined : structuredClone(task));
  }

  /** The latest first; a page token is how many came before. */
  list({ contextId, status, pageSize, pageToken, includeArtifacts }: ListTasksRequest): Promise<ListTasksResponse> {
    // 0: no state is asked for.
    const matching = [...this.#tasks.values()]
      .toReversed()
      .filter((task) => (contextId === '' || task.contextId === contextId) && (!status || task.status?.state === status));
    const from = /^\d+$/.test(pageToken) ? Number(pageToken) : 0;
    const size = Math.min(Math.max(pageSize ?? mostListed, 1), mostListed);
    const tasks = matching.slice(from, from + size).map((task) => {
      const copy = structuredClone(task);
      return includeArtifacts === true ? copy : { ...copy, artifacts: [] };
    });
    const nextPageToken = from + size < matching.length ? String(from + size) : '';
    return Promise.resolve({ tasks, nextPageToken, pageSize: size, totalSize: matching.length });
  }
}
