import { cidrs, machines, type StormCluster } from './storm-networks.ts';

/** Namespaces that come, opt out, come back, switch and go; nodes that fail; a network that begins anew. */
export class Weather {
  /** The EgressIPAM that each namespace claims from. */
  readonly claims = new Map<string, string>();
  /** Namespaces that gave back addresses: their records prove nothing any more, and go a moment later. */
  readonly leavers = new Set<string>();
  readonly #cluster: StormCluster;
  readonly #random: () => number;
  readonly #idle = new Set<string>();
  readonly #down = new Map<string, () => Promise<unknown>>();
  #made = 0;

  constructor(cluster: StormCluster, random: () => number) {
    this.#cluster = cluster;
    this.#random = random;
  }

  /** One thing that happens. */
  async happen(): Promise<void> {
    const { restartNetwork } = this.#cluster;
    const choice = this.#random();
    if (choice < 0.4 || this.claims.size < 4) await this.#come();
    else if (choice < 0.62) await this.#leave(choice);
    else if (choice < 0.68) await this.#change(this.#pick([...this.claims.keys()]));
    else if (choice < 0.72 && this.#idle.size > 0) await this.#change(this.#pick([...this.#idle]));
    else if (choice < 0.76 && restartNetwork !== undefined) await restartNetwork();
    else await this.#flap();
  }

  /** All nodes are up again. */
  async clear(): Promise<void> {
    for (const up of this.#down.values()) await up();
    this.#down.clear();
  }

  async #come(): Promise<void> {
    const name = `n${this.#made++}`;
    const egressipam = this.#random() < 0.8 ? 'pool' : 'other';
    this.claims.set(name, egressipam);
    await this.#cluster.objects.addNamespace(name, { egressipam });
  }

  async #leave(choice: number): Promise<void> {
    const name = this.#pick([...this.claims.keys()]);
    this.claims.delete(name);
    this.leavers.add(name);
    if (choice < 0.51) return this.#cluster.objects.removeNamespace(name);
    this.#idle.add(name);
    await this.#cluster.objects.annotate(name, { egressipam: null });
  }

  /** It goes over to the other EgressIPAM, or comes back. */
  async #change(name: string): Promise<void> {
    const egressipam = this.claims.get(name) === 'pool' ? 'other' : 'pool';
    this.#idle.delete(name);
    this.leavers.add(name);
    this.claims.set(name, egressipam);
    await this.#cluster.objects.annotate(name, { egressipam });
  }

  /** A node fails where no other of its zone is down, or comes back. */
  async #flap(): Promise<void> {
    const { setReady, setPower } = this.#cluster;
    const { name, zone } = this.#pick(machines);
    const up = this.#down.get(name);
    if (up !== undefined) {
      this.#down.delete(name);
      await up();
    } else if (![...this.#down.keys()].some((down) => down.startsWith(zone))) {
      const set = setPower !== undefined && this.#random() < 0.5 ? setPower : setReady;
      this.#down.set(name, () => set(name, true));
      await set(name, false);
    }
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.#random() * items.length)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }
}

/** The EgressIPAMs that namespaces claim from. */
export async function addPools({ objects }: StormCluster, zones: readonly string[]): Promise<void> {
  const assignments = (list: readonly string[]) => list.map((zone) => ({ CIDR: cidrs[zone], labelValue: zone }));
  await objects.addPool('pool', assignments(zones));
  await objects.addPool('other', assignments(['c']));
}
