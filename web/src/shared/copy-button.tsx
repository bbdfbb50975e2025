/** Copies a text, and says so. */
import { useEffect, useState } from 'react';

export function CopyButton({ label, text }: { label: string; text: () => string | Promise<string> }) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'failed'>('none');
  useEffect(() => {
    if (outcome === 'none') return;
    const timer = setTimeout(() => setOutcome('none'), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text());
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };
  return (
    <button
      type="button"
      className="small"
      onClick={() => {
        copy().catch(() => setOutcome('failed'));
      }}
    >
      <span aria-live="polite">{outcome === 'none' ? label : outcome === 'copied' ? 'Copied' : 'Could not copy'}</span>
    </button>
  );
}
