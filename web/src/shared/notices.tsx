/** The states every page has: loading, nothing there, something wrong. */
import type { ReactNode } from 'react';

export function Loading({ what }: { what: string }) {
  return (
    <p className="notice quiet" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </p>
  );
}

export function Failure({ reason, retry }: { reason: string; retry?: () => void }) {
  return (
    <div className="notice failure" role="alert">
      <p>{reason}</p>
      {retry === undefined ? null : (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
