/** Something that is loaded: how it stands, and how to load it again. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { describeError } from '../api/request.ts';

export type Resource<Value> =
  | { kind: 'loading' }
  | { kind: 'ready'; value: Value }
  /** `value`: what was loaded before. */
  | { kind: 'failed'; reason: string; value?: Value };

/** `key` names what is loaded; null: nothing yet. `load` may change freely between renders. */
export function useResource<Value>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<Value>,
): [resource: Resource<Value>, reload: () => void] {
  const [resource, setResource] = useState<Resource<Value>>({ kind: 'loading' });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    setResource({ kind: 'loading' });
  }, [key]);
  useEffect(() => {
    if (key === null) return;
    const stopping = new AbortController();
    latest
      .current(stopping.signal)
      .then((value) => stopping.signal.aborted || setResource({ kind: 'ready', value }))
      .catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        setResource((before) => ({
          kind: 'failed',
          reason: describeError(error),
          ...('value' in before && before.value !== undefined ? { value: before.value } : {}),
        }));
      });
    return () => stopping.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return [resource, reload];
}

/** Its value, also while it is loaded anew or could not be. */
export function valueOf<Value>(resource: Resource<Value>): Value | undefined {
  return resource.kind === 'loading' ? undefined : resource.value;
}
