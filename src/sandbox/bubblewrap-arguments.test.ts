import { expect, test } from 'vitest';
import { type BubblewrapTools, buildArguments, defaultProcessLimits } from './bubblewrap-arguments.ts';
import type { ConfinedCommand } from './confined-command.ts';
import { defaultSandboxLimits } from './sandbox.ts';

const command: ConfinedCommand = {
  argv: ['/usr/bin/node', 'a.js'],
  binds: [
    { source: '/opt/node', target: '/usr/bin/node' },
    { source: '/lib/libc.so', target: '/lib/libc.so' },
    { source: '/home/me/p', target: '/work/node_modules/@a/p' },
  ],
  files: [{ path: '/work/a.js', text: '' }],
  env: { HOME: '/work' },
  limits: defaultSandboxLimits,
  perProcess: { data: 7 },
  stdin: new Uint8Array(),
};
const tools: BubblewrapTools = {
  bwrap: '/usr/bin/bwrap',
  prlimit: '/usr/bin/prlimit',
  libraries: ['/lib/libc.so'],
  confinement: { kind: 'user-namespace', disablesNested: true },
};
const build = (confinement: BubblewrapTools['confinement']) =>
  buildArguments(command, { ...tools, confinement }, { userId: 65_123, limits: defaultProcessLimits, hasFilter: true }).join(' ');

test('everything is cut off first, and the program comes last behind its limits', () => {
  expect(build(tools.confinement)).toBe(
    [
      '--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try --hostname sandbox',
      '--die-with-parent --new-session --clearenv --setenv HOME /work',
      '--dir /usr --dir /usr/bin --dir /lib --dir /dev',
      '--ro-bind /usr/bin/prlimit /usr/bin/prlimit --ro-bind /lib/libc.so /lib/libc.so --ro-bind /opt/node /usr/bin/node',
      '--dev-bind /dev/null /dev/null --dev-bind /dev/zero /dev/zero --dev-bind /dev/random /dev/random --dev-bind /dev/urandom /dev/urandom',
      '--perms 1777 --size 67108864 --tmpfs /work --symlink work /tmp',
      '--dir /work/node_modules --dir /work/node_modules/@a --ro-bind /home/me/p /work/node_modules/@a/p',
      '--perms 0444 --ro-bind-data 5 /work/a.js --chdir /work --remount-ro / --seccomp 4',
      '--unshare-user --disable-userns --uid 65534 --gid 65534 --',
      '/usr/bin/prlimit --nproc=64 --nofile=256 --fsize=67108864 --core=0 --cpu=41 --data=7 -- /usr/bin/node a.js',
    ].join(' '),
  );
});

test('under root the program becomes another user before it is limited', () => {
  const written = build({ kind: 'changed-user', setpriv: '/usr/bin/setpriv' });
  expect(written).not.toContain('--unshare-user');
  expect(written).toContain(
    '--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP -- /usr/bin/setpriv --reuid 65123 --regid 65123 ' +
      '--clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs /usr/bin/prlimit --nproc=64',
  );
});
