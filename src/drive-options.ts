/** Where a run is driven: what `runTask` and `resumeRun` have in common. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Clock, Random } from './clock.ts';
import type { Store } from './engine/store.ts';
import type { Tool } from './execute/tool.ts';
import type { Gate } from './gate/gate.ts';
import type { TaskClassifier } from './gate/task-class.ts';
import type { TelemetryOptions } from './interop/otel/telemetry-options.ts';
import type { LiveDelta } from './live.ts';
import type { PackageFolders } from './verify/code-check.ts';

export interface DriveRunOptions {
  /** Tools beyond the built-in ones, by the names that roles use. */
  tools?: Tool[];
  /** An object in place of a spec stands for every role that names no model. */
  model?: string | LanguageModelV4;
  /** An open store, a folder or a file. Default `.planwright`. */
  store?: Store | string;
  /** Interrupts: what is in flight is stopped and the run can be resumed. */
  signal?: AbortSignal;
  /** Default: by the evidence in the store, and by a stated prior without any. */
  gate?: Gate;
  /** Which tasks are alike, for the evidence. Default: by the form of the task. */
  classifier?: TaskClassifier;
  clock?: Clock;
  random?: Random;
  /** Where {env:NAME} is looked up. Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Where packages that code checks name are taken from; sandboxes see them read-only. Default: nowhere, and such a check is undecided. */
  packageFolders?: PackageFolders;
  /** Spans of the run are sent to a receiver of OpenTelemetry; `{}` takes what the environment says. Default: none are. */
  telemetry?: TelemetryOptions;
  /** What happens between two events; may be lost. */
  onDelta?: (runId: string, delta: LiveDelta) => void;
}
