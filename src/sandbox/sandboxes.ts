/** The sandboxes of this machine: which there are, and why not the others. */
import { availableParallelism } from 'node:os';
import { type Clock, systemClock } from '../clock.ts';
import { BubblewrapSandbox } from './bubblewrap-sandbox.ts';
import { IsolateSandbox } from './isolate-sandbox.ts';
import { findBubblewrap, findPython } from './probe-bubblewrap.ts';
import { probeIsolate } from './probe-isolate.ts';
import type { Sandbox, SandboxKind, SandboxLanguage } from './sandbox.ts';
import { SandboxPool } from './sandbox-pool.ts';

export type Availability = { available: true; detail: string } | { available: false; reason: string };

export interface SandboxSupport {
  isolate: Availability;
  bubblewrap: Availability;
  /** Of the interpreter under bubblewrap. */
  python: Availability;
  /** What can run each language's tests here, cheapest first. */
  languages: Record<SandboxLanguage, SandboxKind[]>;
}

export interface SandboxesOptions {
  /** A name on the path, or an absolute path. Default `bwrap`. */
  bwrap?: string;
  /** Default `python3`. */
  python?: string;
  /** Sandboxes at once. Default: one a processor, at most 4. */
  size?: number;
  /** Default: `process.platform`. */
  platform?: string;
  clock?: Clock;
}

export interface Sandboxes {
  /** Tries each sandbox, once for each `Sandboxes`. Never throws. */
  probe(): Promise<SandboxSupport>;
  /** The sandbox of this kind, or why there is none that runs the language. */
  find(kind: SandboxKind, language: SandboxLanguage): Promise<Sandbox | { missing: string }>;
  /** For programs on a folder; or why there is none. */
  bubblewrap(): Promise<BubblewrapSandbox | { missing: string }>;
  pool: SandboxPool;
}

const maxAtOnce = 4;

export function createSandboxes(options: SandboxesOptions = {}): Sandboxes {
  const clock = options.clock ?? systemClock;
  let found: Promise<Found> | undefined;
  const look = async (): Promise<Found> => {
    found ??= findSandboxes(options, clock);
    return found;
  };
  return {
    probe: async () => (await look()).support,
    find: async (kind, language) => {
      const { support, isolate, bubblewrap } = await look();
      const sandbox = kind === 'isolate' ? isolate : bubblewrap;
      const isRunnable = support.languages[language].includes(kind);
      return sandbox !== null && isRunnable ? sandbox : { missing: describeMissing(kind, language, support) };
    },
    bubblewrap: async () => {
      const { support, bubblewrap } = await look();
      if (bubblewrap !== null) return bubblewrap;
      return {
        missing: support.bubblewrap.available
          ? 'There is no bubblewrap.'
          : `There is no bubblewrap: ${support.bubblewrap.reason}`,
      };
    },
    pool: new SandboxPool(options.size ?? Math.min(maxAtOnce, availableParallelism())),
  };
}

let shared: Sandboxes | undefined;

/** Those that everything in this process shares, and with it their limit. */
export function sharedSandboxes(): Sandboxes {
  shared ??= createSandboxes();
  return shared;
}

/** Which sandboxes this machine has, and why not the others; tried once a process, which takes about a second. Never throws. */
export async function probeSandboxes(): Promise<SandboxSupport> {
  return sharedSandboxes().probe();
}

interface Found {
  support: SandboxSupport;
  isolate: IsolateSandbox | null;
  bubblewrap: BubblewrapSandbox | null;
}

async function findSandboxes(options: SandboxesOptions, clock: Clock): Promise<Found> {
  const isolate = await probeIsolate();
  const processes = await findBubblewrap(options, clock);
  const python = 'missing' in processes ? processes : await findPython(options, processes, clock);
  const hasIsolate = isolate === null;
  const hasProcesses = !('missing' in processes);
  const hasPython = !('missing' in python);
  const scripts: SandboxKind[] = [...(hasIsolate ? ['isolate' as const] : []), ...(hasProcesses ? ['bubblewrap' as const] : [])];
  return {
    support: {
      isolate: hasIsolate ? { available: true, detail: 'QuickJS in WebAssembly' } : { available: false, reason: isolate },
      bubblewrap: hasProcesses ? { available: true, detail: processes.detail } : { available: false, reason: processes.missing },
      python: hasPython ? { available: true, detail: `Python ${python.version}` } : { available: false, reason: python.missing },
      languages: { javascript: scripts, typescript: scripts, python: hasPython ? ['bubblewrap'] : [] },
    },
    isolate: hasIsolate ? new IsolateSandbox(clock) : null,
    bubblewrap: hasProcesses ? new BubblewrapSandbox({ ...processes, ...(hasPython ? { python } : {}) }, clock) : null,
  };
}

function describeMissing(kind: SandboxKind, language: SandboxLanguage, support: SandboxSupport): string {
  if (kind === 'isolate') {
    return support.isolate.available ? `The isolate does not run ${language}.` : `There is no isolate: ${support.isolate.reason}`;
  }
  if (!support.bubblewrap.available) return `There is no bubblewrap: ${support.bubblewrap.reason}`;
  return support.python.available ? `Bubblewrap does not run ${language}.` : `There is no Python: ${support.python.reason}`;
}
