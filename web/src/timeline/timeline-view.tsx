/** When each subtask was worked on. Only the rows in view are drawn: a run may have ten thousand. */
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTree, useTreeVersion } from '../run/use-run-tree.ts';
import { formatDuration, formatNumber } from '../shared/figures.ts';
import { useNow } from '../shared/now.ts';
import { listTimelineRows, type TimelineBar, type TimelineRow } from './timeline-rows.ts';

const rowHeight = 26;
const spareRows = 8;

export interface TimelineViewProps {
  critical: readonly string[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}

export function TimelineView({ critical, selected, onSelect }: TimelineViewProps) {
  const { root } = useTree();
  const version = useTreeVersion();
  const rows = useMemo(() => listTimelineRows(root), [root, version]);
  const isOpen = root.state.phase !== 'ended';
  const nowMs = useNow(isOpen);
  const lastMs = isOpen ? Math.max(nowMs, root.state.lastMs) : (root.state.endedMs ?? root.state.lastMs);
  const spanMs = Math.max(1, lastMs - root.state.startedMs);
  const onPath = useMemo(() => new Set(critical), [critical]);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - spareRows);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + spareRows);
  const ticks = listTicks(spanMs);
  return (
    <section className="timeline" aria-label="Timeline">
      <p className="quiet timeline-legend">
        {rows.length === 0 ? 'Nothing has started yet.' : `${formatNumber(rows.length, 'subtask')} in ${formatDuration(spanMs)}.`}{' '}
        {critical.length > 0 ? (
          <>
            <span className="legend-critical" aria-hidden="true" /> critical path: {formatNumber(critical.length, 'subtask')}
          </>
        ) : null}
      </p>
      <div className="timeline-axis" aria-hidden="true">
        {ticks.map((ms) => (
          <span key={ms} style={{ left: `${(ms / spanMs) * 100}%` }}>
            {formatDuration(ms)}
          </span>
        ))}
      </div>
      <div
        className="timeline-box"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label="Subtasks in order of their start"
        onScroll={({ currentTarget }) => setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
      >
        <ol style={{ height: rows.length * rowHeight }}>
          {rows.slice(first, last).map((row, index) => (
            <Row
              key={row.id}
              row={row}
              top={(first + index) * rowHeight}
              spanMs={spanMs}
              isCritical={onPath.has(row.id)}
              isSelected={row.id === selected}
              onSelect={onSelect}
            />
          ))}
        </ol>
      </div>
    </section>
  );
}

interface RowProps {
  row: TimelineRow;
  top: number;
  spanMs: number;
  isCritical: boolean;
  isSelected: boolean;
  onSelect: (id: string) => void;
}

function Row({ row, top, spanMs, isCritical, isSelected, onSelect }: RowProps) {
  const last = row.bars.at(-1);
  return (
    <li
      className={`timeline-row${isCritical ? ' is-critical' : ''}${isSelected ? ' is-selected' : ''}${row.status === 'superseded' ? ' is-superseded' : ''}`}
      style={{ top }}
    >
      <button type="button" onClick={() => onSelect(row.id)} title={`${row.id} (${last?.role ?? ''}), ${describe(row, spanMs)}`}>
        {row.isItem ? <span className="quiet">↳ </span> : null}
        {row.id}
        <span className="unseen">
          , {last?.role}, {describe(row, spanMs)}
          {isCritical ? ', on the critical path' : ''}
        </span>
      </button>
      <div className="timeline-track" aria-hidden="true">
        {row.bars.map((bar) => (
          <Bar key={bar.attempt} bar={bar} spanMs={spanMs} />
        ))}
      </div>
    </li>
  );
}

function Bar({ bar: { fromMs, toMs, outcome, attempt, role }, spanMs }: { bar: TimelineBar; spanMs: number }) {
  const endMs = toMs ?? spanMs;
  const width = Math.max(0.15, ((endMs - fromMs) / spanMs) * 100);
  return (
    <span
      className={`bar bar-${outcome}`}
      style={{ left: `${(fromMs / spanMs) * 100}%`, width: `${width}%` }}
      title={`${role}, attempt ${attempt}: ${outcome}, ${formatDuration(endMs - fromMs)}`}
    />
  );
}

function describe({ bars, status }: TimelineRow, spanMs: number): string {
  const first = bars[0]?.fromMs ?? 0;
  const end = bars.at(-1)?.toMs ?? spanMs;
  const attempts = bars.length > 1 ? `, ${bars.length} attempts` : '';
  return `${status}, ${formatDuration(first)} to ${formatDuration(end)}${attempts}`;
}

/** Round times, five to nine of them. */
function listTicks(spanMs: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((step) => [step, step * 1000]);
  const minutes = [1, 2, 5, 10, 30, 60, 120, 360, 720, 1440].map((step) => step * 60_000);
  const step =
    [...steps.filter((ms) => ms <= 20_000), ...minutes].toSorted((a, b) => a - b).find((ms) => spanMs / ms <= 6) ?? spanMs;
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, index) => index * step);
}
