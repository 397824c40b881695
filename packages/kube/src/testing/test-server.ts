import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { staticConnection } from '../connection/connection.ts';
import { createRestClient, type RestClient, type RestClientOptions } from '../rest/rest-client.ts';

/** Answers requests, one after the other; what it does with the last one it does with all that follow. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A loopback HTTP server under a test's control. */
export interface TestServer {
  readonly url: string;
  readonly client: RestClient;
  /** `METHOD path?query` of each request, as they came. */
  readonly requests: string[];
  readonly bodies: string[];
  /** How many connections were made. */
  connections(): number;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

/** Starts a server and a client for it. */
export async function startTestServer(handler: Handler, options: RestClientOptions = {}): Promise<TestServer> {
  const requests: string[] = [];
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((request, response) => {
    const index = requests.push(`${request.method} ${request.url}`) - 1;
    let body = '';
    request
      .setEncoding('utf8')
      .on('data', (chunk: string) => {
        body += chunk;
        bodies[index] = body;
      })
      .on('end', () => handler(request, response, body));
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket: Socket) => {
    // A connection may be made the moment the server closes, which then waits for it.
    if (!server.listening) return socket.destroy();
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const client = createRestClient(staticConnection({ server: url }), options);
  return {
    url,
    client,
    requests,
    bodies,
    sockets,
    connections: () => connections,
    async close() {
      client.close();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Answers with JSON. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A Status object of the API server. */
export function failure(code: number, reason: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `it is ${reason}`, details };
}

/** Waits until a condition holds, for at most ten seconds. */
export async function until(condition: () => boolean, seconds = 10): Promise<void> {
  for (const end = performance.now() + 1_000 * seconds; !condition();) {
    if (performance.now() > end)
      throw new Error(`the condition did not come true within ${seconds} s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
