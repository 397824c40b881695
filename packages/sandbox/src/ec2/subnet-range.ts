import { isIPv4 } from 'node:net';
import { addressOfCidr, canonicalAddress, isVersion6, prefixOfCidr } from '../stand-in/addresses.ts';
import { Ec2Error } from './ec2-error.ts';

/** The first addresses of a subnet are EC2's own, and so is the last (Amazon VPC User Guide, "Subnet sizing"). */
const reservedAtStart = 4n;

/** The addresses of a subnet's CIDR. */
export class SubnetRange {
  readonly #first: bigint;
  readonly #last: bigint;
  readonly #version6: boolean;

  /** @param cidr as EC2 gives it, without host bits */
  constructor(cidr: string) {
    const base = addressOfCidr(cidr);
    if (base === undefined) throw new Error(`${cidr} is no CIDR`);
    this.#version6 = isVersion6(base);
    this.#first = toNumber(base);
    this.#last = this.#first + (1n << BigInt((this.#version6 ? 128 : 32) - prefixOfCidr(cidr))) - 1n;
  }

  /** The canonical form of an address that an interface may have. Throws an Ec2Error in EC2's words for any other. */
  usable(text: string): string {
    const address = canonicalAddress(text);
    if (address === undefined || isVersion6(address) !== this.#version6) {
      throw new Ec2Error('InvalidParameterValue', `invalid value for parameter address: ${text}`);
    }
    const number = toNumber(address);
    if (number < this.#first || number > this.#last) {
      throw new Ec2Error('InvalidParameterValue', `Address ${address} does not fall within the subnet's address range`);
    }
    if (number < this.#first + reservedAtStart || number === this.#last) {
      throw new Ec2Error('InvalidParameterValue', `Address ${address} is in subnet's reserved address range`);
    }
    return address;
  }

  /**
   * The lowest addresses that an interface may have and that are not taken; fewer than `count` when there are no more.
   */
  lowestFree(count: number, isTaken: (address: string) => boolean = () => false): string[] {
    const free: string[] = [];
    for (let number = this.#first + reservedAtStart; number < this.#last && free.length < count; number++) {
      const address = toAddress(number, this.#version6);
      if (!isTaken(address)) free.push(address);
    }
    return free;
  }
}

function toNumber(address: string): bigint {
  if (isIPv4(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [left = [], right = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

function toAddress(number: bigint, version6: boolean): string {
  const parts = Array.from({ length: version6 ? 8 : 4 }, (_, index) =>
    version6 ? (number >> BigInt(16 * (7 - index))) & 0xffffn : (number >> BigInt(8 * (3 - index))) & 0xffn,
  );
  const text = parts.map((part) => part.toString(version6 ? 16 : 10)).join(version6 ? ':' : '.');
  return canonicalAddress(text) ?? text;
}
