import { once } from 'node:events';
import type { Namespace } from './namespace.ts';
import { readNeighbourMessage, type NeighbourMessage } from './neighbour-message.ts';
import { PcapReader, type Frame } from './pcap.ts';

/** Sees every frame on a segment that its filter lets through. */
export interface Recorder {
  /** All frames so far, in the order in which the wire carried them. */
  readonly frames: readonly Frame[];
  /** Those that say who has an address. */
  readonly neighbourMessages: readonly NeighbourMessage[];
  stop(): Promise<void>;
}

/** ARP and IPv6 neighbour discovery, as a filter of tcpdump. */
export const neighbourFilter = 'arp or (icmp6 and (ip6[40] == 135 or ip6[40] == 136))';

/** Records from now on; resolves when the first frame would be seen. @throws Error when tcpdump does not start */
export async function record(namespace: Namespace, device: string, filter: string): Promise<Recorder> {
  const frames: Frame[] = [];
  const neighbourMessages: NeighbourMessage[] = [];
  const reader = new PcapReader();
  const child = namespace.spawn(
    'tcpdump',
    ['-i', device, '--immediate-mode', '-U', '-n', '-s', '256', '-w', '-', filter],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout?.on('data', (piece: Buffer) => {
    for (const frame of reader.read(piece)) {
      frames.push(frame);
      const message = readNeighbourMessage(frame);
      if (message !== undefined) neighbourMessages.push(message);
    }
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listening on')) resolve();
    });
    child.once('error', reject).once('exit', () => reject(new Error(`tcpdump ended: ${said.trim()}`)));
  });
  return {
    frames,
    neighbourMessages,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    },
  };
}
