import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from './namespace.ts';

// Runs inside the namespace: what connects to the port is passed on through a socket in the file system, which has no
// network.
const inside = `const net = require('node:net');
const [port, path] = process.argv.slice(1);
net.createServer((client) => {
  const server = net.connect(path);
  client.pipe(server).pipe(client);
  for (const socket of [client, server]) socket.on('error', () => { client.destroy(); server.destroy(); });
}).listen(Number(port), '::', () => console.log('ready'));`;

let forwards = 0;

/**
 * Lets a port inside a namespace lead to a TCP port on this machine's loopback, where the namespace itself cannot go.
 * Resolves with what ends it.
 */
export async function forward(namespace: Namespace, port: number, target: number): Promise<() => void> {
  const path = join(tmpdir(), `node-network-${process.pid}-${forwards++}.sock`);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('close', () => sockets.delete(socket))
        .on('error', () => {
          client.destroy();
          upstream.destroy();
        });
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const child = namespace.spawn(process.execPath, ['-e', inside, String(port), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout)
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error(`port ${port} could not be opened`))),
    ]);
  return () => {
    child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(path, { force: true });
  };
}
