import { readFileSync } from 'node:fs';

/**
 * Settings with which the kernel answers no question for an address that counts on the host alone, as those of the
 * agent do: `arp_ignore` in the kernel's ip-sysctl.
 */
const silent = [3, 8];

/**
 * Whether the kernel answers nobody who asks for addresses of the agent on an interface: of what is set for it and for
 * all the greater counts.
 *
 * @param texts what the files of both settings have
 */
export function isSilent(texts: readonly string[]): boolean {
  return silent.includes(Math.max(0, ...texts.map((text) => Number(text.trim()) || 0)));
}

/** Looks whether the kernel is silent on an interface; where that cannot be read, it is not. */
export function looksSilent(device: string): boolean {
  return isSilent(['all', device].map(readSetting));
}

function readSetting(name: string): string {
  try {
    return readFileSync(`/proc/sys/net/ipv4/conf/${name}/arp_ignore`, 'utf8');
  } catch {
    return '0';
  }
}
