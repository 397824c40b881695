import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network between a client and a server that can be cut without any end noticing. */
export interface Network {
  readonly url: string;
  /** Bytes that went through so far. */
  bytes(): number;
  /** Connections stay up and new ones are accepted, and nothing passes; what was open stays silent for ever. */
  cut(): void;
  /** New connections work again. */
  restore(): void;
  close(): void;
}

/** Listens on a free loopback port and passes everything on to the server of that URL. */
export async function startNetwork(server: string): Promise<Network> {
  const target = new URL(server);
  const sockets = new Set<Socket>();
  let generation = 0;
  let open = true;
  let bytes = 0;
  const listener = createServer((near) => {
    const born = generation;
    const usable = open;
    const far = connect(Number(target.port), target.hostname);
    const pass = (from: Socket, to: Socket): void => {
      sockets.add(from);
      from.on('data', (data) => {
        if (!usable || born !== generation) return;
        bytes += data.length;
        to.write(data);
      });
      from
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(from);
          if (usable && born === generation) to.destroy();
        });
    };
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    url: `${target.protocol}//127.0.0.1:${port}`,
    bytes: () => bytes,
    cut() {
      open = false;
      generation++;
    },
    restore() {
      open = true;
    },
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
