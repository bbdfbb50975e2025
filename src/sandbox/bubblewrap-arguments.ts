/** The command line of bubblewrap for a confined command. */
import type { Bind, ConfinedCommand } from './confined-command.ts';

/**
 * How a sandbox gets rid of its privileges. `user-namespace`: bubblewrap maps whoever starts it to nobody. `changed-user`: root has
 * no process limit in a namespace of its own (the kernel exempts user 0), so the program becomes another user instead.
 */
export type Confinement =
  | { kind: 'user-namespace'; disablesNested: boolean }
  /** `setpriv`: of util-linux, on the host. */
  | { kind: 'changed-user'; setpriv: string };

export interface BubblewrapTools {
  bwrap: string;
  prlimit: string;
  /** Libraries of prlimit, and of setpriv where it is used. */
  libraries: readonly string[];
  confinement: Confinement;
}

export interface ProcessLimits {
  /** Processes and threads. */
  processes: number;
  openFiles: number;
  /** Of the working folder, and of one file in it. */
  folderBytes: number;
}

export const defaultProcessLimits: ProcessLimits = { processes: 64, openFiles: 256, folderBytes: 64 * 1024 * 1024 };

export const workFolder = '/work';
/** After the standard ones and the report's come the filter's, and then one for each file. */
export const filterDescriptor = 4;
export const firstFileDescriptor = 5;

const devices = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'];
const nobody = '65534';

/** @param userId of a `changed-user`; no other process should have it, because the process limit counts by user. */
export function buildArguments(
  command: ConfinedCommand,
  tools: BubblewrapTools,
  { userId, limits, hasFilter }: { userId: number; limits: ProcessLimits; hasFilter: boolean },
): string[] {
  const { confinement } = tools;
  const own = [tools.prlimit, ...(confinement.kind === 'changed-user' ? [confinement.setpriv] : []), ...tools.libraries];
  const binds = [...own.map((path) => ({ source: path, target: path })), ...command.binds];
  const inside = binds.filter(({ target }) => target.startsWith(`${workFolder}/`));
  const outside = uniqueTargets(binds.filter(({ target }) => !target.startsWith(`${workFolder}/`)));
  return [
    '--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --hostname sandbox'.split(' '),
    '--die-with-parent --new-session --clearenv'.split(' '),
    Object.entries(command.env).flatMap(([name, value]) => ['--setenv', name, value]),
    parentsOf([...outside.map(({ target }) => target), ...command.files.map(({ path }) => path), '/dev/null']),
    outside.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    (command.hidden ?? []).flatMap((path) => ['--size', '4096', '--tmpfs', path, '--remount-ro', path]),
    devices.flatMap((device) => ['--dev-bind', device, device]),
    ['--perms', '1777', '--size', String(limits.folderBytes), '--tmpfs', workFolder, '--symlink', 'work', '/tmp'],
    parentsOf(inside.map(({ target }) => target)),
    inside.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    command.files.flatMap(({ path }, index) => ['--perms', '0444', '--ro-bind-data', String(firstFileDescriptor + index), path]),
    ['--chdir', workFolder, '--remount-ro', '/'],
    hasFilter ? ['--seccomp', String(filterDescriptor)] : [],
    writeConfinement(confinement, userId),
    [tools.prlimit, ...writeLimits(command, limits), '--', ...command.argv],
  ].flat();
}

/** Ends with what becomes the first word of the program. */
function writeConfinement(confinement: Confinement, userId: number): string[] {
  if (confinement.kind === 'user-namespace') {
    const nested = confinement.disablesNested ? ['--disable-userns'] : [];
    return ['--unshare-user', ...nested, '--uid', nobody, '--gid', nobody, '--'];
  }
  const kept = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((capability) => ['--cap-add', capability]);
  const user = String(userId);
  const become = ['--reuid', user, '--regid', user, '--clear-groups', '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'];
  return ['--cap-drop', 'ALL', ...kept, '--', confinement.setpriv, ...become];
}

function writeLimits({ limits, perProcess }: ConfinedCommand, { processes, openFiles, folderBytes }: ProcessLimits): string[] {
  // Threads on several cores use more processor time than wall time; wall time is watched from outside.
  const cpuSeconds = 4 * Math.ceil(limits.timeoutMs / 1000) + 1;
  return [
    `--nproc=${processes}`,
    `--nofile=${openFiles}`,
    `--fsize=${folderBytes}`,
    '--core=0',
    `--cpu=${cpuSeconds}`,
    ...(perProcess.data === undefined ? [] : [`--data=${perProcess.data}`]),
    ...(perProcess.addressSpace === undefined ? [] : [`--as=${perProcess.addressSpace}`]),
  ];
}

function uniqueTargets(binds: readonly Bind[]): Bind[] {
  return [...new Map(binds.map((bind) => [bind.target, bind])).values()];
}

/** Bubblewrap makes missing parents readable by their owner only, so they are made first. */
function parentsOf(paths: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(1, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) parents.add(`/${parts.slice(0, depth).join('/')}`);
  }
  parents.delete(workFolder);
  return [...parents].flatMap((parent) => ['--dir', parent]);
}
