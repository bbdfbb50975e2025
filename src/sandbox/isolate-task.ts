/** What passes between the isolate's host and its worker. */
import type { Failure, FailureCause } from './sandbox.ts';

export interface IsolateTask {
  /** The engine: a WebAssembly.Module, compiled once in the host. */
  engine: object;
  /** Texts of the guest modules. */
  lockBuiltIns: string;
  makeConsole: string;
  solution: string;
  tests: string;
  isTypeScript: boolean;
  timeoutMs: number;
  memoryBytes: number;
  outputBytes: number;
}

export type IsolateMessage =
  | { kind: 'printed'; text: string }
  | { kind: 'passed' }
  | { kind: 'failed'; cause: FailureCause; failures: Failure[] };
