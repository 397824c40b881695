import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { CallLog } from './call-log.ts';
import { Ec2Error } from './ec2-error.ts';
import { Ec2FaultRules, withFirstAddresses, type Ec2Fault } from './ec2-fault.ts';
import { MotoClient } from './moto-client.ts';
import { authorizationFor, parseParameters, scopeOf, type Ec2Parameters } from './query.ts';
import type { StrictActions } from './strict-actions.ts';
import { renderXml, type XmlElement } from './xml.ts';

/** What a layer works with. */
export interface Ec2LayerOptions {
  readonly motoUrl: string;
  /** Of calls without a credential scope. */
  readonly region: string;
  readonly now: () => number;
  readonly actions: StrictActions;
}

interface Reply {
  readonly status: number;
  /** `ok` or the error's code. */
  readonly outcome: string;
  readonly root: string;
  readonly content: XmlElement;
}

/** The HTTP side: EC2's query protocol, the log of calls, and faults. */
export class Ec2Layer {
  readonly log = new CallLog();
  readonly rules = new Ec2FaultRules();
  readonly #options: Ec2LayerOptions;
  readonly #server: http.Server;

  constructor(options: Ec2LayerOptions) {
    this.#options = options;
    this.#server = http.createServer((request, response) => {
      // A client that went away while it was sending gets no answer.
      this.#serve(request, response).catch(() => response.destroy());
    });
    // Longer than a client keeps a connection that it does not use: only faults reset one.
    this.#server.keepAliveTimeout = 600_000;
  }

  /** Begins to accept; resolves with the URL. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    // A TCP server that listens has an address with a port.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const parameters = await readParameters(request);
    const action = parameters['Action'] ?? '';
    const scope = scopeOf(request.headers.authorization);
    const authorization = scope === undefined ? authorizationFor(this.#options.region) : request.headers.authorization;
    const fault = this.rules.take(parameters);
    const finish = this.log.add({
      action,
      parameters,
      accessKeyId: scope?.accessKeyId ?? '',
      region: scope?.region ?? this.#options.region,
      at: this.#options.now(),
      ...(fault && { fault: fault.kind }),
    });

    if ((fault?.kind === 'reset' || fault?.kind === 'silence') && fault.when === 'before') {
      finish('unseen');
      return lose(fault.kind, response);
    }
    if (fault?.kind === 'delay') await wait(fault.milliseconds);
    const reply = await this.#reply(new MotoClient(this.#options.motoUrl, authorization ?? ''), parameters, fault);
    finish(reply.outcome);
    if (fault?.kind === 'reset' || fault?.kind === 'silence') return lose(fault.kind, response);
    send(response, reply);
  }

  async #reply(moto: MotoClient, parameters: Ec2Parameters, fault: Ec2Fault | undefined): Promise<Reply> {
    try {
      return {
        status: 200,
        outcome: 'ok',
        root: `${parameters['Action']}Response`,
        content: await this.#answer(moto, parameters, fault),
      };
    } catch (error) {
      const { code, message, status } =
        error instanceof Ec2Error ? error : new Ec2Error('InternalError', String(error));
      return {
        status,
        outcome: code,
        root: 'Response',
        content: { Errors: { Error: { Code: code, Message: message } } },
      };
    }
  }

  async #answer(moto: MotoClient, parameters: Ec2Parameters, fault: Ec2Fault | undefined): Promise<XmlElement> {
    if (fault?.kind === 'error')
      throw new Ec2Error(fault.code, fault.message ?? messages[fault.code] ?? `injected ${fault.code}`, fault.status);
    const seen = fault?.kind === 'partial' ? withFirstAddresses(parameters, fault.addresses) : parameters;
    return this.#options.actions.run(moto, seen, fault?.kind === 'stale' ? fault.by : undefined);
  }
}

const messages: Readonly<Record<string, string>> = {
  RequestLimitExceeded: 'Request limit exceeded.',
  InternalError: 'An internal error has occurred',
  UnauthorizedOperation: 'You are not authorized to perform this operation.',
};

async function readParameters(request: http.IncomingMessage): Promise<Ec2Parameters> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const query = new URL(request.url ?? '/', 'http://localhost').search;
  return { ...parseParameters(query), ...parseParameters(Buffer.concat(chunks).toString()) };
}

function lose(kind: 'reset' | 'silence', response: http.ServerResponse): void {
  if (kind === 'reset') response.socket?.resetAndDestroy();
}

function send(response: http.ServerResponse, { status, root, content }: Reply): void {
  const requestId = randomUUID();
  const body = renderXml(root, { ...content, [root === 'Response' ? 'RequestID' : 'requestId']: requestId });
  response.writeHead(status, {
    'content-type': 'text/xml;charset=UTF-8',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  });
  response.end(body);
}
