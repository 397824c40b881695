import { isVersion6 } from './addresses.ts';

/** The bytes of a canonical address, 4 or 16. */
export function addressBytes(address: string): Uint8Array {
  if (!isVersion6(address)) return Uint8Array.from(address.split('.'), Number);
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Uint8Array.from(
    [...left, ...zeros, ...right].flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}

/** The order of canonical addresses by their numbers; IPv4 comes before IPv6. */
export function compareAddresses(left: string, right: string): number {
  return Buffer.compare(addressBytes(left), addressBytes(right)) || 0;
}
