import { once } from 'node:events';
import { createServer } from 'node:net';

/** So many different free loopback TCP ports. Another program may take one before it is used: be ready to try again. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  return Promise.all(
    servers.map(async (server) => {
      if (!server.listening) await once(server, 'listening');
      const address = server.address();
      server.close();
      if (typeof address !== 'object' || address === null) throw new Error('a TCP server has no address');
      return address.port;
    }),
  );
}
