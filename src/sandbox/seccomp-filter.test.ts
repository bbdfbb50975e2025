import { expect, test } from 'vitest';
import { buildSeccompFilter } from './seccomp-filter.ts';

/** What the kernel would answer, as the name or number of the error; null for a call that is let through. */
function ask(architecture: 'x64' | 'arm64', call: number, argument = 0): string | number | null {
  const filter = buildSeccompFilter(architecture);
  if (filter === null) return 'no filter';
  const view = new DataView(filter.buffer);
  const data: Record<number, number> = { 0: call, 4: architecture === 'x64' ? 0xc000003e : 0xc00000b7, 16: argument };
  let loaded = 0;
  for (let at = 0; ; ) {
    const [code, operand] = [view.getUint16(8 * at, true), view.getUint32(8 * at + 4, true)];
    const jump = (isTrue: boolean) => view.getUint8(8 * at + (isTrue ? 2 : 3));
    if (code === 0x06) return operand === 0x7fff0000 ? null : operand === 0x80000000 ? 'killed' : operand & 0xffff;
    if (code === 0x20) loaded = data[operand] ?? 0;
    else at += jump(code === 0x15 ? loaded === operand : code === 0x35 ? loaded >= operand : (loaded & operand) !== 0);
    at += 1;
  }
}

test.each([
  ['read', 0, 0, null],
  ['execve', 59, 0, null],
  ['fork', 57, 0, null],
  ['clone of a thread', 56, 0x003d0f00, null],
  ['clone of a user namespace', 56, 0x10000000, 1],
  ['clone3', 435, 0, 38],
  ['unshare', 272, 0, 1],
  ['ptrace', 101, 0, 1],
  ['memfd_create', 319, 0, 1],
  ['io_uring_setup', 425, 0, 38],
  ['a Unix socket', 41, 1, null],
  ['an IPv4 socket', 41, 2, null],
  ['an IPv6 socket', 41, 10, null],
  ['a netlink socket', 41, 16, 97],
  ['a socket to the host of a virtual machine', 41, 40, 97],
  ['a call of the x32 interface', 0x40000001, 0, 38],
])('%s on x64', (_, call, argument, expected) => {
  expect(ask('x64', call, argument)).toBe(expected);
});

test.each([
  ['openat', 56, 0, null],
  ['clone of a user namespace', 220, 0x10000000, 1],
  ['unshare', 97, 0, 1],
  ['a socket to the host of a virtual machine', 198, 40, 97],
  ['an IPv4 socket', 198, 2, null],
])('%s on arm64', (_, call, argument, expected) => {
  expect(ask('arm64', call, argument)).toBe(expected);
});

test('calls by the numbers of another architecture end the process', () => {
  const view = new DataView(buildSeccompFilter('x64')?.buffer ?? new ArrayBuffer(0));
  expect([view.getUint32(4, true), view.getUint8(8 + 2), view.getUint32(8 + 4, true), view.getUint32(16 + 4, true)]).toEqual([
    4, 1, 0xc000003e, 0x80000000,
  ]);
  expect(buildSeccompFilter('riscv64')).toBeNull();
});
