/** Whether this browser may use the server: known from the first answer that refuses it. */
import { useSyncExternalStore } from 'react';

let isRefused = false;
const listeners = new Set<() => void>();

export function noteRefusal(): void {
  isRefused = true;
  for (const listener of listeners) listener();
}

export function useIsRefused(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isRefused,
  );
}
