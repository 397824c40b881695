import { canonicalAddress } from '../stand-in/addresses.ts';
import { type Egress, type EgressCondition, type ExternalIpPoolSpec } from './antrea-objects.ts';
import { firstFree, rangeHas } from './ip-range.ts';

/** What the controller makes of one Egress. */
export interface AllocationResult {
  /** The new text of `spec.egressIP`; empty takes it away; undefined leaves it. */
  readonly egressIP?: string;
  /** The condition `IPAllocated`; undefined where no pool is asked for. */
  readonly condition?: EgressCondition;
}

interface Allocation {
  readonly address: string;
  readonly pool: string;
}

/** Which Egress has which address of which pool (`pkg/controller/egress/controller.go`). */
export class EgressIpAllocator {
  readonly #allocations = new Map<string, Allocation>();

  /** Forgets the Egresses that are gone: their addresses are free again. */
  retain(names: ReadonlySet<string>): void {
    for (const name of this.#allocations.keys()) if (!names.has(name)) this.#allocations.delete(name);
  }

  /** Looks at one Egress. */
  sync({ name, spec }: Egress, pools: ReadonlyMap<string, ExternalIpPoolSpec>): AllocationResult {
    const { egressIP, externalIPPool } = spec;
    const before = this.#allocations.get(name);
    const pool = pools.get(externalIPPool);
    const isIn = (address: string): boolean => pool?.ipRanges.some((range) => rangeHas(range, address)) ?? false;
    // As text: an IPv6 address that is not canonical never counts as the one that was allocated.
    if (before?.address === egressIP && before.pool === externalIPPool && isIn(before.address))
      return { condition: allocated };
    if (before) this.#allocations.delete(name);
    if (externalIPPool === '') return {};
    if (!pool)
      return {
        ...(egressIP !== '' && { egressIP: '' }),
        condition: refused(`ExternalIPPool ${externalIPPool} does not exist`),
      };

    const isTaken = (address: string): boolean =>
      [...this.#allocations.values()].some((other) => other.address === address);
    const asked = canonicalAddress(egressIP);
    if (asked !== undefined) {
      if (isTaken(asked) || !isIn(asked)) {
        return {
          condition: refused(
            `error when allocating IP ${asked} for Egress ${name} from ExternalIPPool ${externalIPPool}: IP is ${isIn(asked) ? 'already allocated' : 'not in range'}`,
          ),
        };
      }
      this.#allocations.set(name, { address: asked, pool: externalIPPool });
      return { condition: allocated };
    }
    for (const range of pool.ipRanges) {
      const address = firstFree(range, isTaken);
      if (address === undefined) continue;
      this.#allocations.set(name, { address, pool: externalIPPool });
      return { egressIP: address, condition: allocated };
    }
    return { condition: refused('no available IP') };
  }
}

const allocated: EgressCondition = {
  type: 'IPAllocated',
  status: 'True',
  reason: 'Allocated',
  message: 'EgressIP is successfully allocated',
};

function refused(why: string): EgressCondition {
  return {
    type: 'IPAllocated',
    status: 'False',
    reason: 'AllocationError',
    message: `Cannot allocate EgressIP from ExternalIPPool: ${why}`,
  };
}
