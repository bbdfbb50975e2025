/** The commands that measure: teams against one agent, chains, the gate's evidence. */
import type { Declaring } from './declaring.ts';

export function declareMeasuring(_: Declaring): void {}
