/** Draws frames over each other at the end of a terminal, at most ten times a second. */
import type { Clock } from '../../index.ts';
import type { Terminal } from '../io.ts';
import { stripControls, widthOf } from '../terminal-text.ts';
import { drawFrame } from './frame.ts';
import type { Progress } from './progress.ts';

const redrawMs = 100;
/** Between these two a terminal that knows them shows nothing half-drawn; others pass over them. */
const beginUpdate = '\x1b[?2026h';
const endUpdate = '\x1b[?2026l';
const clearLine = '\x1b[K';
const clearBelow = '\x1b[J';

export interface LiveTree {
  /** Draws the last frame and leaves it standing. */
  close(): void;
}

export interface LiveTreeOptions {
  progress: Progress;
  terminal: Terminal;
  clock: Clock;
  write: (text: string) => void;
}

export function startLiveTree({ progress, terminal, clock, write }: LiveTreeOptions): LiveTree {
  let drawn: string[] = [];
  const draw = (): void => {
    const frame = drawFrame(progress, terminal, clock.now());
    if (isSame(frame, drawn)) return;
    write(
      `${beginUpdate}${goToTop(drawn, terminal.columns)}${frame.map((line) => `${line}${clearLine}\n`).join('')}${clearBelow}${endUpdate}`,
    );
    drawn = frame;
  };
  const timer = setInterval(draw, redrawMs);
  timer.unref();
  // The terminal has wrapped the old lines anew: draw at once, before more of them are lost from sight.
  const stopListening = terminal.onResize(draw);
  return {
    close: () => {
      clearInterval(timer);
      stopListening();
      draw();
    },
  };
}

/** To the first line of the old frame, which a narrower terminal may have wrapped. */
function goToTop(drawn: string[], columns: number): string {
  const lines = drawn.reduce((total, line) => total + Math.max(1, Math.ceil(widthOf(stripControls(line)) / columns)), 0);
  return lines === 0 ? '\r' : `\r\x1b[${lines}A`;
}

function isSame(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
