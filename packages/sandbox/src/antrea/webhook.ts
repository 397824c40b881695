import { isDeepStrictEqual } from 'node:util';
import type { Admission, AdmissionRefusal } from '../api-server/index.ts';
import { canonicalAddress, cidrContains } from '../stand-in/addresses.ts';
import { readEgressSpec, readExternalIpPool, type ExternalIpPoolSpec } from './antrea-objects.ts';
import { boundsOf, overlap, rangeHas } from './ip-range.ts';

const group = 'crd.antrea.io';

/**
 * Antrea's validating webhook, for the embedded API server. It knows of pools what the controller's cache knew of them
 * a while ago: an Egress written at once after its pool is refused.
 */
export class AntreaWebhook {
  /** While true nobody answers, and all writes of its kinds fail. */
  isDown = false;
  #pools: ReadonlyMap<string, ExternalIpPoolSpec> = new Map();

  /** Takes in what the controller's cache knows of pools. */
  see(pools: ReadonlyMap<string, ExternalIpPoolSpec>): void {
    this.#pools = pools;
  }

  /** The rule itself. */
  readonly admission: Admission = ({
    group: requested,
    resource,
    subresource,
    operation,
    name,
    object,
    oldObject,
  }): AdmissionRefusal | undefined => {
    if (requested !== group || subresource !== '' || operation === 'DELETE' || object === undefined) return undefined;
    const webhook =
      resource === 'egresses'
        ? 'egressvalidator.antrea.io'
        : resource === 'externalippools'
          ? 'externalippoolvalidator.antrea.io'
          : undefined;
    if (webhook === undefined) return undefined;
    if (this.isDown)
      return {
        status: 500,
        message: `Internal error occurred: failed calling webhook "${webhook}": connection refused`,
      };
    const message =
      resource === 'egresses'
        ? refuseEgress(this.#pools, object, oldObject)
        : refusePool(this.#pools, name, readExternalIpPool(object), oldObject && readExternalIpPool(oldObject));
    return message === undefined
      ? undefined
      : { status: 400, message: `admission webhook "${webhook}" denied the request: ${message}` };
  };
}

/** Why an Egress is refused (`pkg/controller/egress/validate.go`). */
export function refuseEgress(
  pools: ReadonlyMap<string, ExternalIpPoolSpec>,
  object: object,
  oldObject?: object,
): string | undefined {
  const { spec: lists = {} } = object as {
    spec?: { readonly egressIPs?: readonly string[]; readonly externalIPPools?: readonly string[] };
  };
  if (lists.egressIPs && lists.egressIPs.length > 0) return 'spec.egressIPs is not supported yet';
  if (lists.externalIPPools && lists.externalIPPools.length > 0) return 'spec.externalIPPools is not supported yet';
  const { egressIP, externalIPPool } = readEgressSpec(object);
  const before = oldObject && readEgressSpec(oldObject);
  if (before?.egressIP === egressIP && before.externalIPPool === externalIPPool) return undefined;
  if (egressIP === '' || externalIPPool === '') return undefined;
  const address = canonicalAddress(egressIP);
  if (address === undefined) return `IP ${egressIP} is not valid`;
  const pool = pools.get(externalIPPool);
  if (!pool) return `ExternalIPPool ${externalIPPool} does not exist`;
  return pool.ipRanges.some((range) => rangeHas(range, address))
    ? undefined
    : `IP ${egressIP} is not within the IP range`;
}

/** Why an ExternalIPPool is refused (`pkg/controller/externalippool/validate.go`). */
export function refusePool(
  pools: ReadonlyMap<string, ExternalIpPoolSpec>,
  name: string,
  pool: ExternalIpPoolSpec,
  before?: ExternalIpPoolSpec,
): string | undefined {
  const { subnetInfo } = pool;
  for (const [index, range] of pool.ipRanges.entries()) {
    const bounds = boundsOf(range);
    if (!bounds) return `invalid IP range ${JSON.stringify(range)}`;
    const subnet = subnetInfo && `${subnetInfo.gateway}/${subnetInfo.prefixLength}`;
    if (subnet !== undefined && !(cidrContains(subnet, bounds.first) && cidrContains(subnet, bounds.last))) {
      return `IP range ${JSON.stringify(range)} must be a strict subset of the subnet ${subnet}`;
    }
    const others = [...pools]
      .filter(([other]) => other !== name)
      .flatMap(([other, { ipRanges }]) => ipRanges.map((each) => ({ of: `of ExternalIPPool ${other}`, each })));
    const same = pool.ipRanges.filter((_, other) => other < index).map((each) => ({ of: 'of itself', each }));
    for (const { of, each } of [...others, ...same]) {
      const taken = boundsOf(each);
      if (taken && overlap(bounds, taken))
        return `range ${JSON.stringify(range)} overlaps with range ${JSON.stringify(each)} ${of}`;
    }
  }
  const removed = before?.ipRanges.filter((old) => !pool.ipRanges.some((range) => isDeepStrictEqual(range, old))) ?? [];
  return removed.length === 0 ? undefined : `existing IPRanges ${JSON.stringify(removed)} cannot be updated or deleted`;
}
