import { asRecord, formatAddress, parseAddress } from '@egressip-ipam/core/values';
import type { Clock } from '@egressip-ipam/kube';

/** So long a look at the node's routes serves, in milliseconds: gateways change as seldom as networks do. */
const goodFor = 30_000;

/**
 * The gateways of default routes in what `ip -j route show default` prints, as canonical texts, each once. Those of the
 * link alone (`fe80::`) are in no pool, and are left out.
 *
 * @throws Error when it is no JSON array
 */
export function gatewaysIn(json: string): readonly string[] {
  const routes: unknown = json.trim() === '' ? [] : JSON.parse(json);
  if (!Array.isArray(routes)) throw new Error('ip -j route shows no list');
  const texts = routes.map(asRecord).flatMap(({ nexthops, ...route }) => {
    const hops = [route, ...(Array.isArray(nexthops) ? nexthops.map(asRecord) : [])];
    return hops.flatMap(({ gateway, via }) => [gateway, asRecord(via)['host']]);
  });
  const gateways = texts.flatMap((text) => {
    const address = typeof text === 'string' ? parseAddress(text) : undefined;
    return address === undefined ? [] : [formatAddress(address)];
  });
  return [...new Set(gateways)].filter((gateway) => !gateway.startsWith('fe80:')).sort();
}

/** The node's default gateways, looked for now and then; what was seen last where they cannot be read. */
export class Gateways {
  readonly #read: () => Promise<readonly string[]>;
  readonly #clock: Clock;
  #seen: readonly string[] = [];
  #until = -Infinity;

  constructor(read: () => Promise<readonly string[]>, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  async current(): Promise<readonly string[]> {
    if (this.#clock.monotonic() >= this.#until) {
      this.#until = this.#clock.monotonic() + goodFor;
      this.#seen = await this.#read().catch(() => this.#seen);
    }
    return this.#seen;
  }
}
