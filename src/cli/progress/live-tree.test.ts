import { expect, test, vi } from 'vitest';
import { type FakeClock, fakeClock } from '../../testing/index.ts';
import type { Terminal } from '../io.ts';
import { startLiveTree } from './live-tree.ts';
import { Progress } from './progress.ts';
