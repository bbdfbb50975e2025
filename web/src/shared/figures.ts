/** Numbers as people read them: written as the pages on file write them, with what only the app needs. */
import { formatCount, formatUsd as formatKnownUsd, formatSeconds } from 'planwright/browser';

export { formatCount, formatNumber, formatPercent } from 'planwright/browser';

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** 950, 1.2K, 3.4M */
export function formatCompact(count: number): string {
  return count < 1000 ? formatCount(count) : compact.format(count);
}

export function formatDuration(ms: number): string {
  return formatSeconds(ms / 1000);
}

/** null: a call had no known price. */
export function formatUsd(usd: number | null): string {
  return usd === null ? 'no price' : formatKnownUsd(usd);
}

const moments = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function formatMoment(ms: number): string {
  return moments.format(ms);
}
