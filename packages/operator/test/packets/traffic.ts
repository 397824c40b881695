import type { Machine } from '@egressip-ipam/sandbox';
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Milliseconds between two packets. */
export const interval = 5;
const connections = 8;

/** What became of one packet that was sent. */
export interface Packet {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** The address that it came from, where the other side's answer came back. */
  readonly source?: string;
}

/** A pod that sends a packet every few milliseconds, and keeps connections. */
export interface Traffic {
  /** The packets since a time, without those that may still be answered. */
  packets(since?: number): readonly Packet[];
  /** Connections that carry something both ways now. */
  live(): Promise<number>;
  /** Opens the connections anew. */
  connect(): Promise<void>;
  stop(): void;
}

// Tells every sender its number and which address its packet came from; over connections, what came.
const answering = `const udp = require('dgram').createSocket('udp4');
udp.on('message', (text, { port, address }) => udp.send(text + ' ' + address, port, address)).bind(7);
require('net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(7, () => console.log('ready'));`;

const sending = `const [server, interval, connections] = process.argv.slice(1);
const udp = require('dgram').createSocket('udp4');
let number = 0;
udp.on('message', (text) => console.log('answer ' + text)).on('error', () => {});
setInterval(() => { console.log('sent ' + ++number + ' ' + Date.now()); udp.send(String(number), 7, server, () => {}); }, Number(interval));
let sockets = [];
const open = () => {
  for (const socket of sockets) socket.destroy();
  sockets = Array.from({ length: Number(connections) }, () => {
    const socket = require('net').connect(7, server);
    return socket.on('error', () => socket.destroy()).on('data', () => (socket.heard = Date.now()));
  });
};
setInterval(() => { for (const socket of sockets) if (!socket.destroyed) socket.write('.'); }, 20);
setInterval(() => console.log('live ' + sockets.filter(({ destroyed, heard }) => !destroyed && Date.now() - heard < 100).length), 100);
process.stdin.on('data', open);`;

/** Has a machine answer; resolves with what starts the traffic of a pod to it. */
export async function startTraffic(server: Machine, address: string): Promise<(pod: Machine) => Traffic> {
  const answers = server.spawn(process.execPath, ['-e', answering], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(answers.stdout ?? answers, 'data');
  return (pod) =>
    follow(
      pod.spawn(process.execPath, ['-e', sending, address, String(interval), String(connections)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
}

function follow(child: ChildProcess): Traffic {
  const packets: { number: number; sentAt: number; source?: string }[] = [];
  const waiting = new Set<(live: number) => void>();
  if (child.stdout === null || child.stdin === null) throw new Error('the pod has no pipes');
  const { stdin } = child;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, number = '', value = ''] = line.split(' ');
    if (word === 'sent') packets.push({ number: Number(number), sentAt: Number(value) });
    else if (word === 'live') {
      for (const tell of waiting) tell(Number(number));
      waiting.clear();
    } else {
      const packet = packets[Number(number) - 1];
      if (packet !== undefined) packet.source = value;
    }
  });
  const live = (): Promise<number> => new Promise((resolve) => waiting.add(resolve));
  return {
    packets: (since = 0) => packets.filter(({ sentAt }) => sentAt >= since && sentAt < Date.now() - 200),
    live,
    connect: async () => {
      stdin.write('open\n');
      for (let attempt = 0; attempt < 50 && (await live()) < connections; attempt++);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

/** How long packets were lost for in one go, at the most, in milliseconds. */
export function longestLoss(packets: readonly Packet[]): number {
  let [longest, current] = [0, 0];
  for (const { source } of packets) {
    current = source === undefined ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest * interval;
}
