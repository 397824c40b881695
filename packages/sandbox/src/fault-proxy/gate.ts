import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * Loopback TCP in front of a port, which can go dead without a sign: while shut, connections stay up, new ones are
 * accepted, and no byte passes.
 *
 * What was sent meanwhile arrives on opening, as TCP's own repetition would bring it, unless the sender reset the
 * connection: then its machine has nothing left to repeat.
 */
export class Gate {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #shut = false;

  constructor(port: number) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const line = new Line(client, connect({ port, host: '127.0.0.1', allowHalfOpen: true }), () => this.#shut);
      this.#lines.add(line);
      line.whenClosed(() => this.#lines.delete(line));
    });
  }

  /** Begins to accept; resolves with the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    // A TCP server that listens has an address with a port.
    return (this.#server.address() as AddressInfo).port;
  }

  shut(): void {
    this.#shut = true;
  }

  open(): void {
    this.#shut = false;
    for (const line of this.#lines) line.flush();
  }

  async close(): Promise<void> {
    for (const line of this.#lines) line.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One connection, made of two. */
class Line {
  readonly #ends: readonly [Socket, Socket];
  readonly #held: (() => void)[] = [];
  readonly #isShut: () => boolean;

  constructor(client: Socket, server: Socket, isShut: () => boolean) {
    this.#ends = [client, server];
    this.#isShut = isShut;
    this.#carry(client, server);
    this.#carry(server, client);
  }

  whenClosed(callback: () => void): void {
    for (const end of this.#ends) end.once('close', () => this.#ends.every(({ destroyed }) => destroyed) && callback());
  }

  flush(): void {
    for (const deliver of this.#held.splice(0)) deliver();
  }

  destroy(): void {
    for (const end of this.#ends) end.destroy();
  }

  #carry(from: Socket, to: Socket): void {
    let reset = false;
    const pass = (deliver: () => void): void => {
      if (this.#isShut()) this.#held.push(() => !reset && deliver());
      else deliver();
    };
    from.setNoDelay(true);
    from.on('data', (chunk) =>
      pass(() => {
        if (to.destroyed || to.write(chunk) || from.isPaused()) return;
        from.pause();
        to.once('drain', () => from.resume());
      }),
    );
    from.on('end', () => pass(() => to.end()));
    from.on('error', () => {
      reset = true;
      // The reset itself does not pass a shut gate either.
      if (this.#isShut()) this.#held.push(() => to.resetAndDestroy());
      else to.resetAndDestroy();
    });
  }
}
