import { isAlreadyExists, isNotFound } from '@egressip-ipam/kube';
import type { ClusterLoop } from '../stand-in/cluster-loop.ts';
import { ignore } from '../stand-in/ignore.ts';
import type { Allocation, EgressIpEvent, EgressIpItem } from './allocator.ts';
import { configNameOf, ownerAnnotation, readCloudAddress, type CloudAddress } from './cloud-private-ip-config.ts';

/** The cluster manager's side of the CloudPrivateIPConfigs: it asks for addresses, the cloud's controller answers. */
export class CloudAddresses<Kind extends string> {
  readonly #loop: ClusterLoop<Kind>;
  readonly #kind: Kind;
  readonly #byAddress: ReadonlyMap<string, CloudAddress>;

  constructor(loop: ClusterLoop<Kind>, kind: Kind) {
    this.#loop = loop;
    this.#kind = kind;
    this.#byAddress = new Map(
      loop
        .list(kind)
        .map(readCloudAddress)
        .filter((address) => address !== undefined)
        .map((address) => [address.address, address]),
    );
  }

  /** What is asked for counts as allocated, whether the cloud has answered or not. */
  allocations(): Map<string, Allocation> {
    const live = [...this.#byAddress.values()].filter(({ deleting }) => !deleting);
    return new Map(live.map(({ address, node, owner }) => [address, { node, owner }]));
  }

  /** What is asked for in the name of an EgressIP. */
  itemsOf(owner: string): EgressIpItem[] {
    return this.#of(owner)
      .filter(({ deleting }) => !deleting)
      .map(({ node, address }) => ({ node, egressIP: address }));
  }

  /** Those of the wanted items that the cloud has confirmed. */
  servedOf(owner: string, wanted: readonly EgressIpItem[]): EgressIpItem[] {
    return wanted.filter(({ node, egressIP }) => {
      const held = this.#byAddress.get(egressIP);
      return held?.owner === owner && held.node === node && held.state === 'assigned' && !held.deleting;
    });
  }

  /** Addresses that are going away; when one is gone, what waited for it is worth another try. */
  leaving(): string[] {
    return [...this.#byAddress.values()].filter(({ deleting }) => deleting).map(({ name }) => name);
  }

  /** Makes, moves and deletes an EgressIP's CloudPrivateIPConfigs so that they are as wanted. */
  async request(
    owner: string,
    wanted: readonly EgressIpItem[],
    existingNodes: ReadonlySet<string>,
  ): Promise<EgressIpEvent[]> {
    const events: EgressIpEvent[] = [];
    const wantedAddresses = new Set(wanted.map(({ egressIP }) => egressIP));
    for (const held of this.#of(owner)) if (!wantedAddresses.has(held.address)) await this.#delete(held);
    for (const { node, egressIP } of wanted) {
      const held = this.#byAddress.get(egressIP);
      // Going away, or another's: tried again when it is gone.
      if (held?.deleting) continue;
      if (!held) await this.#create(egressIP, owner, node);
      else if (held.state === 'failed' && held.node !== node && !existingNodes.has(held.node)) {
        await this.#delete(held);
        events.push({
          reason: 'CloudAssignmentRetry',
          message: `egress IP: ${egressIP} for object EgressIP: ${owner} could not be assigned to a node that is gone, will be retried`,
        });
      } else if (held.node !== node) await this.#move(held, node);
      else if (held.state === 'failed')
        events.push({
          reason: 'CloudAssignmentFailed',
          message: `egress IP: ${egressIP} for object EgressIP: ${owner} could not be created, err: ${held.message}`,
        });
    }
    return events;
  }

  /** Deletes what was asked for in the name of EgressIPs that are gone. */
  async removeOrphans(names: ReadonlySet<string>): Promise<void> {
    for (const held of this.#byAddress.values())
      if (held.owner !== '' && !names.has(held.owner)) await this.#delete(held);
  }

  #of(owner: string): CloudAddress[] {
    return [...this.#byAddress.values()].filter((address) => address.owner === owner);
  }

  async #create(address: string, owner: string, node: string): Promise<void> {
    const object = {
      metadata: { name: configNameOf(address), annotations: { [ownerAnnotation]: owner } },
      spec: { node },
    };
    await this.#loop.written(this.#kind, this.#loop.client(this.#kind).create(object)).catch(ignore(isAlreadyExists));
  }

  async #move({ name }: CloudAddress, node: string): Promise<void> {
    await this.#loop
      .written(this.#kind, this.#loop.client(this.#kind).mergePatch({ name }, { spec: { node } }))
      .catch(ignore(isNotFound));
  }

  async #delete({ name, deleting }: CloudAddress): Promise<void> {
    if (!deleting) await this.#loop.client(this.#kind).delete({ name }).catch(ignore(isNotFound));
  }
}
