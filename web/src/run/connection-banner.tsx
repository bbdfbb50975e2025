/** Says when the page no longer hears of the run, and when it does again. */
import { useEffect, useRef, useState } from 'react';
import type { Connection } from '../api/event-stream.ts';

export function ConnectionBanner({ connection }: { connection: Connection }) {
  const wasLost = useRef(false);
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    if (connection.kind === 'lost') wasLost.current = true;
    else if (wasLost.current && (connection.kind === 'live' || connection.kind === 'closed')) {
      wasLost.current = false;
      setBack(true);
      const timer = setTimeout(() => setBack(false), 4000);
      return () => clearTimeout(timer);
    }
    return;
  }, [connection.kind]);
  return (
    <div role="status" aria-live="polite">
      {connection.kind === 'lost' ? (
        <p className="banner banner-lost">Connection lost: what you see may be old. {connection.reason} Trying again …</p>
      ) : null}
      {isBack && connection.kind !== 'lost' ? <p className="banner banner-back">Connected again; nothing was missed.</p> : null}
    </div>
  );
}
