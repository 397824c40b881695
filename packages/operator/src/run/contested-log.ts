import type { Finding, Plan } from '@egressip-ipam/core';
import type { Log } from '../log/log.ts';

/** What of a namespace something else uses, too. */
interface Contest {
  readonly namespace: string;
  readonly address: string;
  readonly reason: string;
}

/**
 * Tells in the log when something else begins to use an address that a namespace has, and when that is over: what comes
 * back to the namespace may reach the other one, though nothing was decided about the address.
 */
export class ContestedLog {
  readonly #log: Log;
  #standing: ReadonlyMap<string, Contest> = new Map();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Takes in a plan. */
  note({ findings, allocations }: Pick<Plan, 'findings' | 'allocations'>): void {
    const now = contestsIn(findings);
    if (now.size === 0 && this.#standing.size === 0) return;
    for (const [key, { namespace, address, reason }] of now)
      if (!this.#standing.has(key))
        this.#log.warn('something else uses an address of a namespace, too', { namespace, address, reason });
    const over = [...this.#standing].filter(([key]) => !now.has(key));
    const had = new Map(over.length === 0 ? [] : allocations.map((entry) => [entry.namespace, entry.addresses]));
    for (const [, { namespace, address }] of over)
      // What the namespace let go of is told as released.
      if (had.get(namespace)?.includes(address) === true)
        this.#log.info('nothing else uses an address of a namespace any more', { namespace, address });
    this.#standing = now;
  }
}

function contestsIn(findings: readonly Finding[]): ReadonlyMap<string, Contest> {
  const contests = new Map<string, Contest>();
  for (const { code, object, addresses = [], message } of findings) {
    if (code !== 'AddressConflict' || object.kind !== 'Namespace') continue;
    for (const address of addresses) {
      const key = `${object.name} ${address}`;
      if (!contests.has(key)) contests.set(key, { namespace: object.name, address, reason: message });
    }
  }
  return contests;
}
