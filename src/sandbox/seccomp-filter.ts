/**
 * Which system calls a sandbox is refused, as a classic BPF program for seccomp(2): what no test needs and namespaces do not take
 * away. Sockets beyond IP and Unix (AF_VSOCK reaches a virtual machine's host from any network namespace), namespaces within
 * namespaces, looking into processes, memory that no limit counts, and io_uring, which does calls that a filter never sees.
 * Numbers: Linux 6.12, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
 */

interface Architecture {
  /** AUDIT_ARCH_*, linux/audit.h. */
  audit: number;
  socket: number;
  clone: number;
  refused: readonly number[];
}

/** The same everywhere: open_tree, move_mount, fsopen, fsmount; io_uring_setup, _enter, _register; clone3, after which libc calls clone. */
const newCalls = { mounts: [428, 429, 430, 432], rings: [425, 426, 427], clone3: 435 };

const architectures: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    socket: 41,
    clone: 56,
    // unshare, setns, mount, umount2, pivot_root, ptrace, process_vm_readv, process_vm_writev, add_key, request_key, keyctl,
    // perf_event_open, open_by_handle_at, memfd_create, bpf, userfaultfd, shmget, msgget
    refused: [272, 308, 165, 166, 155, 101, 310, 311, 248, 249, 250, 298, 304, 319, 321, 323, 29, 68],
  },
  arm64: {
    audit: 0xc00000b7,
    socket: 198,
    clone: 220,
    refused: [97, 268, 40, 39, 41, 117, 270, 271, 217, 218, 219, 241, 265, 279, 280, 282, 194, 186],
  },
};

const load = 0x20; // BPF_LD | BPF_W | BPF_ABS
const jumpIfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const jumpIfAtLeast = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const jumpIfAny = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const answer = 0x06; // BPF_RET | BPF_K

const allow = 0x7fff0000;
const kill = 0x80000000;
const fail = (errno: number) => 0x00050000 | errno;
const notPermitted = fail(1);
const noSuchCall = fail(38);
const noSuchFamily = fail(97);

/** Offsets in struct seccomp_data: the call's number, its architecture, the low half of its first argument. */
const data = { number: 0, architecture: 4, firstArgument: 16 };
/** AF_UNIX, AF_INET, AF_INET6. */
const families = [1, 2, 10];
const newUserNamespace = 0x10000000;
/** Calls of the x32 interface carry this bit. */
const otherInterface = 0x40000000;

type Instruction = [code: number, ifTrue: number, ifFalse: number, operand: number];

/** The program in the form that bubblewrap reads; null where the numbers of this architecture are not known here. */
export function buildSeccompFilter(architecture: string = process.arch): Uint8Array | null {
  const known = architectures[architecture];
  if (known === undefined) return null;
  const refuse = (call: number, value: number): Instruction[] => [
    [jumpIfEqual, 0, 1, call],
    [answer, 0, 0, value],
  ];
  const program: Instruction[] = [
    [load, 0, 0, data.architecture],
    [jumpIfEqual, 1, 0, known.audit],
    [answer, 0, 0, kill],
    [load, 0, 0, data.number],
    [jumpIfAtLeast, 0, 1, otherInterface],
    [answer, 0, 0, noSuchCall],
    ...[...known.refused, ...newCalls.mounts].flatMap((call) => refuse(call, notPermitted)),
    ...[...newCalls.rings, newCalls.clone3].flatMap((call) => refuse(call, noSuchCall)),
    [jumpIfEqual, 0, families.length + 2, known.socket],
    [load, 0, 0, data.firstArgument],
    ...families.map((family, index): Instruction => [jumpIfEqual, families.length - index, 0, family]),
    [answer, 0, 0, noSuchFamily],
    // A socket call of an allowed family lands here with its family loaded; no family is the number of clone.
    [jumpIfEqual, 0, 3, known.clone],
    [load, 0, 0, data.firstArgument],
    [jumpIfAny, 0, 1, newUserNamespace],
    [answer, 0, 0, notPermitted],
    [answer, 0, 0, allow],
  ];
  return encode(program);
}

/** struct sock_filter: u16, u8, u8, u32, in the order of bytes of the machine; both architectures have the low one first. */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8 * program.length));
  program.forEach(([code, ifTrue, ifFalse, operand], index) => {
    bytes.setUint16(8 * index, code, true);
    bytes.setUint8(8 * index + 2, ifTrue);
    bytes.setUint8(8 * index + 3, ifFalse);
    bytes.setUint32(8 * index + 4, operand >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}
