import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Member } from '../fencing/roster.ts';
import type { PeerAnswer } from '../fencing/hold.ts';
import { decodeMessage, encodeMessage } from './message.ts';

/** What a {@link PeerSocket} is made of. */
export interface PeerSocketOptions {
  readonly node: string;
  /** The address to listen on: the node's own. */
  readonly address: string;
  readonly port: number;
  /** The cluster's keys as they are now: the first one signs, all are accepted. Empty: nobody is asked or answered. */
  readonly keys: () => readonly Buffer[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** What this agent says of itself when it is asked. */
  readonly state: () => Pick<PeerAnswer, 'reachesServer' | 'acknowledged'>;
  readonly onAnswer: (peer: string, answer: PeerAnswer) => void;
}

/** A question counts for so long. */
const patience = 10_000;

/**
 * Asks other agents, and answers them, over UDP. Its port is also what keeps two agents of one node from running at
 * once.
 */
export class PeerSocket {
  readonly #options: PeerSocketOptions;
  readonly #socket: Socket;
  readonly #asked = new Map<string, { readonly peer: string; readonly at: number }>();

  constructor(options: PeerSocketOptions) {
    this.#options = options;
    this.#socket = createSocket(isIPv6(options.address) ? 'udp6' : 'udp4');
    this.#socket.on('message', (datagram, { address, port }) => this.#receive(datagram, address, port));
    // A peer that is not there makes an ICMP error of a send; its silence says as much.
    this.#socket.on('error', () => undefined);
  }

  /** @throws Error with code EADDRINUSE while another agent of this node runs */
  open(): Promise<void> {
    const { address, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ address, port, exclusive: true }, () => {
        this.#socket.off('error', reject);
        resolve();
      });
    });
  }

  /** Asks each; answers come as they come. */
  ask(members: readonly Member[]): void {
    const [key] = this.#options.keys();
    if (key === undefined) return;
    const now = this.#options.now();
    for (const [nonce, { at }] of this.#asked) if (now - at > patience) this.#asked.delete(nonce);
    for (const { node, address, port } of members) {
      if (node === this.#options.node) continue;
      const nonce = randomBytes(16).toString('base64url');
      this.#asked.set(nonce, { peer: node, at: now });
      this.#send(encodeMessage({ type: 'question', from: this.#options.node, nonce }, key), address, port);
    }
  }

  close(): void {
    this.#socket.close();
  }

  #receive(datagram: Buffer, address: string, port: number): void {
    const keys = this.#options.keys();
    const message = decodeMessage(datagram, keys);
    const [key] = keys;
    if (message === undefined || key === undefined) return;
    if (message.type === 'question') {
      const answer = {
        type: 'answer',
        from: this.#options.node,
        nonce: message.nonce,
        ...this.#options.state(),
      } as const;
      this.#send(encodeMessage(answer, key), address, port);
      return;
    }
    const asked = this.#asked.get(message.nonce);
    if (asked === undefined || asked.peer !== message.from) return;
    this.#asked.delete(message.nonce);
    const { reachesServer, acknowledged } = message;
    this.#options.onAnswer(asked.peer, { askedAt: asked.at, reachesServer, acknowledged });
  }

  #send(datagram: Buffer, address: string, port: number): void {
    this.#socket.send(datagram, port, address, () => undefined);
  }
}
