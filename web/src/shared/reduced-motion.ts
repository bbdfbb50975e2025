/** Whether somebody asked their system for less motion. What CSS moves is held back in base.css; this is for what scripts move. */
import { useSyncExternalStore } from 'react';

const query = window.matchMedia('(prefers-reduced-motion: reduce)');

function listen(listener: () => void): () => void {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

export function useReducedMotion(): boolean {
  return useSyncExternalStore(listen, () => query.matches);
}
