/** Hosts made of network namespaces: each has a link of its own to this one, which can be cut. Needs root and iproute2. */
import { execFileSync } from 'node:child_process';

export interface Hosts extends Disposable {
  /** Names of the namespaces. */
  names: readonly string[];
  /** This host, as all of them reach it. */
  address: string;
  /** Takes the link of one of them down, or up again. */
  setLink(name: string, state: 'down' | 'up'): void;
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Why they can't be made here; undefined where they can. */
export function findNamespaceProblem(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `pw-probe-${process.pid}`;
  try {
    ip('netns', 'add', name);
    try {
      ip('link', 'add', 'pwprobe', 'type', 'veth', 'peer', 'name', 'pwprobed', 'netns', name);
      ip('link', 'del', 'pwprobe');
    } finally {
      ip('netns', 'del', name);
    }
    return undefined;
  } catch (thrown) {
    return `network namespaces can't be made here: ${(thrown as Error).message.split('\n').at(-2) ?? 'no iproute2'}`;
  }
}

/** @param count 1 to 9. */
export function makeHosts(count: number): Hosts {
  const net = `10.${200 + (process.pid % 50)}`;
  const address = `${net}.0.1`;
  const names = Array.from({ length: count }, (_, index) => `pw-${process.pid}-${index + 1}`);
  const link = (name: string): string => `pw${process.pid % 10_000}v${names.indexOf(name) + 1}`;
  const hosts: Hosts = {
    names,
    address,
    setLink: (name, state) => ip('link', 'set', link(name), state),
    [Symbol.dispose]: () => {
      for (const name of names) quietly(() => ip('netns', 'del', name));
      for (const name of names) quietly(() => ip('link', 'del', link(name)));
      quietly(() => ip('addr', 'del', `${address}/32`, 'dev', 'lo'));
    },
  };
  try {
    ip('addr', 'add', `${address}/32`, 'dev', 'lo');
    for (const [index, name] of names.entries()) {
      const subnet = `${net}.${index + 1}`;
      ip('netns', 'add', name);
      ip('link', 'add', link(name), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('addr', 'add', `${subnet}.1/24`, 'dev', link(name));
      ip('link', 'set', link(name), 'up');
      ip('-n', name, 'addr', 'add', `${subnet}.2/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'lo', 'up');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'route', 'add', 'default', 'via', `${subnet}.1`);
    }
    return hosts;
  } catch (thrown) {
    hosts[Symbol.dispose]();
    throw thrown;
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // It was not made, or went with its namespace.
  }
}
