import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { FaultRules, type Fault, type FaultRule, type FaultStatus } from './fault-rule.ts';
import { Gate } from './gate.ts';
import { Upstream, type FaultProxyTarget } from './upstream.ts';

/** How to set up a {@link FaultProxy}. */
export interface FaultProxyOptions {
  readonly target: FaultProxyTarget;
  readonly rules?: readonly FaultRule[];
  /**
   * From 0 up to 1, for rules with a probability: pass a seeded one for the same faults each time. Default
   * `Math.random`.
   */
  readonly random?: () => number;
  /** Told of each request as it comes; what it returns is called when the request has been answered or given up. */
  readonly onRequest?: (method: string, path: string) => () => void;
}

/** How many requests met what. */
export type FaultCounts = Readonly<Record<'passed' | Fault['kind'], number>>;

/** A plain-HTTP loopback proxy in front of an API server that makes it fail as asked. */
export interface FaultProxy {
  /** `http://127.0.0.1:PORT`, to be used in place of the server's, with the same token. */
  readonly url: string;
  /** Adds a rule after those in force; the function returned takes it away. */
  add(rule: FaultRule): () => void;
  clearRules(): void;
  /** Half-open network: connections stay up, new ones are accepted, nothing passes. */
  freeze(): void;
  /** Ends {@link freeze}. */
  release(): void;
  /** Breaks off every watch under way; tells how many there were. */
  cutWatches(): number;
  counts(): FaultCounts;
  close(): Promise<void>;
}

/** Starts a proxy on a free port. */
export async function createFaultProxy({
  target,
  rules: initial = [],
  random = Math.random,
  onRequest,
}: FaultProxyOptions): Promise<FaultProxy> {
  const rules = new FaultRules(random);
  for (const rule of initial) rules.add(rule);
  const upstream = new Upstream(target);
  const watches = new Set<http.ServerResponse>();
  const counts = { passed: 0, drop: 0, delay: 0, status: 0, reset: 0 };

  const server = http.createServer((request, response) => {
    const onEnd = onRequest?.(request.method ?? '', request.url ?? '');
    if (onEnd !== undefined) response.once('close', onEnd);
    const fault = rules.take(request.method ?? '', request.url ?? '');
    const count = (): void => void counts[fault?.kind ?? 'passed']++;
    // Who waits for it to be counted wants to know that the server has applied the request.
    const isCountedLater = fault?.kind === 'drop' && fault.when === 'after';
    if (!isCountedLater) count();
    if (/[?&]watch=(1|true)\b/.test(request.url ?? '')) {
      watches.add(response);
      response.once('close', () => watches.delete(response));
    }
    // A server or client that went away is a reset to the other.
    serve(upstream, fault, request, response).then(
      () => isCountedLater && count(),
      () => response.socket?.resetAndDestroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server that listens has an address with a port.
  const gate = new Gate((server.address() as AddressInfo).port);

  return {
    url: `http://127.0.0.1:${await gate.listen()}`,
    add: (rule) => rules.add(rule),
    clearRules: () => rules.clear(),
    freeze: () => gate.shut(),
    release: () => gate.open(),
    cutWatches() {
      const cut = [...watches];
      for (const response of cut) response.socket?.resetAndDestroy();
      return cut.length;
    },
    counts: () => ({ ...counts }),
    async close() {
      await gate.close();
      server.closeAllConnections();
      server.close();
      upstream.close();
    },
  };
}

async function serve(
  upstream: Upstream,
  fault: Fault | undefined,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (fault?.kind === 'drop' && fault.when !== 'after') return;
  if (fault?.kind === 'status') return answerStatus(response, fault.status, fault.retryAfterSeconds);
  if (fault?.kind === 'reset' && fault.when === 'before') return void response.socket?.resetAndDestroy();
  if (fault?.kind === 'delay') await wait(fault.milliseconds);

  const ended = new AbortController();
  response.once('close', () => ended.abort());
  const answer = await upstream.send(request, Buffer.concat(chunks), ended.signal);
  if (fault?.kind === 'reset' || fault?.kind === 'drop')
    return swallow(answer, fault.kind === 'reset' ? response : undefined);
  await passOn(answer, response, ended.signal);
}

/** The server has applied the request, and its client does not hear of it. */
async function swallow(answer: http.IncomingMessage, reset: http.ServerResponse | undefined): Promise<void> {
  answer.resume();
  await once(answer, 'end');
  reset?.socket?.resetAndDestroy();
}

async function passOn(answer: http.IncomingMessage, response: http.ServerResponse, signal: AbortSignal): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
  response.flushHeaders();
  for await (const chunk of answer) if (!response.write(chunk)) await once(response, 'drain', { signal });
  response.end();
}

function withoutHopByHop({
  connection: _connection,
  'keep-alive': _keepAlive,
  'transfer-encoding': _encoding,
  ...headers
}: http.IncomingHttpHeaders): http.OutgoingHttpHeaders {
  return headers;
}

const reasons: Readonly<Record<FaultStatus, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function answerStatus(response: http.ServerResponse, code: FaultStatus, retryAfterSeconds: number | undefined): void {
  const reason = reasons[code];
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message: `fault proxy: ${reason}`,
    ...(retryAfterSeconds !== undefined && { details: { retryAfterSeconds } }),
  };
  response.writeHead(code, {
    'content-type': 'application/json',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  });
  response.end(JSON.stringify(body));
}
