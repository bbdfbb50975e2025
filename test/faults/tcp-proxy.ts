/** A TCP proxy that can be paused and cut: the network between one worker and what it talks to. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** Of new connections. */
  setTarget(port: number): void;
  /** Nothing gets through any more and nobody is told: as when a cable is pulled. New connections are taken and stay silent. */
  cut(): void;
  /** What was open is lost; new connections work. */
  restore(): void;
  /** How many connections were open when it was cut last. */
  cutConnections(): number;
}

/** To a port of the loopback. @param host Where it listens. Default the loopback. */
export async function startTcpProxy(
  { port: firstPort }: { port: number },
  { host = '127.0.0.1' }: { host?: string } = {},
): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  const silent = new Set<Socket>();
  let isCut = false;
  let targetPort = firstPort;
  let cutConnections = 0;
  const server: Server = createServer((inner) => {
    inner.on('error', () => inner.destroy());
    if (isCut) {
      inner.pause();
      silent.add(inner);
      return;
    }
    const outer = connect(targetPort, '127.0.0.1');
    const pair: [Socket, Socket] = [inner, outer];
    pairs.add(pair);
    const end = (): void => {
      if (!pairs.delete(pair)) return;
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    inner.pipe(outer);
    outer.pipe(inner);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  const dropAll = (): void => {
    const open = [...pairs];
    pairs.clear();
    for (const socket of open.flat()) socket.destroy();
    for (const socket of silent) socket.destroy();
    silent.clear();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    setTarget: (port) => {
      targetPort = port;
    },
    cut: () => {
      isCut = true;
      cutConnections = pairs.size;
      for (const [inner, outer] of pairs) {
        inner.unpipe(outer);
        outer.unpipe(inner);
        inner.pause();
        outer.pause();
      }
    },
    restore: () => {
      isCut = false;
      dropAll();
    },
    cutConnections: () => cutConnections,
    [Symbol.asyncDispose]: async () => {
      dropAll();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
