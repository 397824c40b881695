import { canonicalAddress } from '../stand-in/addresses.ts';
import type { Frame } from './pcap.ts';

/**
 * What a machine says about an address on the wire, by ARP (RFC 826) or IPv6 neighbour discovery (RFC 4861).
 * A `question` asks who has it, an `answer` says so when asked, an `announcement` says so unasked.
 */
export interface NeighbourMessage {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly type: 'question' | 'answer' | 'announcement';
  /** The address it is about, canonical text. */
  readonly address: string;
  /** Who says it: the MAC address in lower case with colons. */
  readonly mac: string;
}

const etherType = { arp: 0x0806, ipv6: 0x86dd };
const headerLength = 14;
const icmp6 = 58;
const neighbourSolicitation = 135;
const neighbourAdvertisement = 136;
const solicitedFlag = 0x40;

/** Reads a frame; undefined when it says nothing about who has an address. */
export function readNeighbourMessage({ at, bytes }: Frame): NeighbourMessage | undefined {
  if (bytes.length < headerLength) return undefined;
  const type = bytes.readUInt16BE(12);
  const message =
    type === etherType.arp
      ? readArp(bytes.subarray(headerLength))
      : type === etherType.ipv6
        ? readDiscovery(bytes)
        : undefined;
  return message && { at, ...message };
}

type Content = Omit<NeighbourMessage, 'at'>;

function readArp(packet: Buffer): Content | undefined {
  // Ethernet and IPv4 alone.
  if (packet.length < 28 || packet.readUInt16BE(0) !== 1 || packet.readUInt16BE(2) !== 0x0800) return undefined;
  const mac = macText(packet.subarray(8, 14));
  const sender = [...packet.subarray(14, 18)].join('.');
  const target = [...packet.subarray(24, 28)].join('.');
  if (sender === target) return { type: 'announcement', address: sender, mac };
  return packet.readUInt16BE(6) === 1
    ? { type: 'question', address: target, mac }
    : { type: 'answer', address: sender, mac };
}

function readDiscovery(bytes: Buffer): Content | undefined {
  const packet = bytes.subarray(headerLength);
  if (packet.length < 64 || packet[6] !== icmp6) return undefined;
  const kind = packet[40];
  if (kind !== neighbourSolicitation && kind !== neighbourAdvertisement) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => packet.readUInt16BE(48 + 2 * index).toString(16));
  const address = canonicalAddress(groups.join(':'));
  if (address === undefined) return undefined;
  const isAsked = ((packet[44] ?? 0) & solicitedFlag) !== 0;
  const type = kind === neighbourSolicitation ? 'question' : isAsked ? 'answer' : 'announcement';
  return { type, address, mac: macText(bytes.subarray(6, 12)) };
}

function macText(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
