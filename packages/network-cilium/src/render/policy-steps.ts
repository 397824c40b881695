import {
  formatAddress,
  type Address,
  type ClaimDecision,
  type NetworkDecisions,
  type NetworkStep,
  type NetworkView,
  type Precondition,
  type StepEffects,
} from '@egressip-ipam/core';
import { adoptionOf, afterStep, distinctPreconditions } from '@egressip-ipam/core/plugin';
import { sendsAll, type ParsedPolicy, type ReservedAddress } from '../facts/parse-policy.ts';
import type { CiliumFacts } from '../facts/read-facts.ts';
import { allDestinations, policyName } from '../kinds/names.ts';
import { contentOf, straysIn } from '../write/policy-spec.ts';
import type { PolicyContent } from '../write/payload.ts';
import {
  bootsOf,
  inReserve,
  presentGateways,
  reserveText,
  type WantedGateway,
  type WantedPolicy,
} from './wanted-policy.ts';

/** What is rendered from, and the policy it is about. */
export interface PolicyContext {
  readonly claim: ClaimDecision;
  readonly family: 4 | 6;
  readonly current: ParsedPolicy | undefined;
  readonly decisions: NetworkDecisions;
  readonly facts: CiliumFacts;
  readonly view: NetworkView;
}

/**
 * The writes from what a policy is to what it shall be. First what is ready: gateways whose address is on its node, and
 * the record of the others, as nothing goes on an interface that is on no record (law 9). Then the whole, once the
 * interfaces have changed. What leaves stays on record until it is off its interface.
 */
export function policySteps(context: PolicyContext, { gateways, reserve }: WantedPolicy): readonly NetworkStep[] {
  const { claim, family, current, decisions, facts } = context;
  const kept = new Set([...gateways, ...reserve].map(({ address }) => address));
  const known = knownTo(current);
  const leaving = [...known].filter((address) => !kept.has(address));
  // On whichever node it is: what was on its way to another one when its namespace went is there, and on no other
  // record.
  const lingering = inReserve(leaving, current, facts).filter(({ address }) => decisions.isAttached(address));
  const whole = { gateways, reserve: [...reserve, ...lingering] };
  if (gateways.length === 0 && (current === undefined || whole.reserve.length === 0)) {
    return current === undefined ? [] : [deletion(context, forgetting(decisions, leaving))];
  }
  const gone = leaving.filter((address) => !lingering.some((other) => other.address === address));
  const present = presentGateways(current, facts);
  const waits = gateways.map((gateway) => ({ gateway, before: beforeHosting(gateway, context) }));
  const now = {
    gateways: waits.flatMap(({ gateway, before }) =>
      before.length === 0 ? [gateway] : present.filter(({ address }) => address === gateway.address),
    ),
    reserve: [...whole.reserve],
  };
  const waiting = gateways.filter(({ address }) => !now.gateways.some((other) => other.address === address));
  const forgotten = forgetting(decisions, gone);
  now.reserve.push(...waiting.map(({ address, node }) => ({ address, node })));
  if (forgotten.length > 0) now.reserve.push(...inReserve(gone, current, facts));
  const unknown = [...waiting, ...reserve].map(({ address }) => address).filter((address) => !known.has(address));
  const annotated = unknown.flatMap((address) => decisions.order.beforeBinding(address));
  const id = `CiliumEgressGatewayPolicy/${policyName(claim.namespace, family)}`;
  const isWhole = waits.every(({ before }) => before.length === 0) && forgotten.length === 0 && annotated.length === 0;
  const isUseful = now.gateways.length > 0 || (context.view.platform.attaches && unknown.length > 0);
  const first = isUseful && !isWhole ? application(context, id, keepCarrying(now, present), annotated) : [];
  const after = [
    ...waits.flatMap(({ before }) => before),
    ...forgotten,
    ...annotated,
    ...first.map((step) => afterStep(step.id)),
  ];
  return [...first, ...application(context, first.length > 0 ? `${id}/2` : id, whole, after)];
}

/** A gateway that leaves goes on carrying until there is another: there is no moment without any. */
function keepCarrying(now: WantedPolicy, present: readonly WantedGateway[]): WantedPolicy {
  if (now.gateways.length > 0) return now;
  const carried = new Set(present.map(({ address }) => address));
  return { gateways: present, reserve: now.reserve.filter(({ address }) => !carried.has(address)) };
}

/** What an address waits for that the policy does not send to its node yet. */
function beforeHosting(gateway: WantedGateway, { current, decisions }: PolicyContext): readonly Precondition[] {
  return isNamed(gateway, current) ? [] : decisions.order.beforeHosting(gateway.address);
}

function isNamed({ address, hostname }: WantedGateway, current: ParsedPolicy | undefined): boolean {
  return current?.gateways.some((gateway) => gateway.address === address && gateway.hostname === hostname) === true;
}

/** Counts what nodes lost: while one lacks an address that it is to have, and once more when it is back. */
function looksOf(gateways: readonly WantedGateway[], { current, decisions, view }: PolicyContext): string {
  const before = current?.source.looks ?? '';
  const isLost =
    view.platform.attaches &&
    gateways.some((gateway) => isNamed(gateway, current) && !decisions.isAttachedTo(gateway.address, gateway.node));
  if (!isLost) return before.replace('?', '');
  return before.endsWith('?') ? before : `${(Number.parseInt(before, 10) || 0) + 1}?`;
}

function forgetting(decisions: NetworkDecisions, addresses: readonly Address[]): readonly Precondition[] {
  return addresses.flatMap((address) => decisions.order.beforeForgetting(address));
}

/** A write of the policy, where it says anything new. */
function application(
  context: PolicyContext,
  id: string,
  wanted: WantedPolicy,
  after: readonly Precondition[],
): readonly NetworkStep[] {
  const { claim, family, current, facts } = context;
  const egressIPAM = claim.egressIPAM?.name ?? current?.source.egressIPAM ?? '';
  const adopted = adoptionBy(context);
  const policy: PolicyContent = {
    egressIPAM,
    namespace: claim.namespace,
    family,
    ...destinationsOf(context, wanted),
    gateways: wanted.gateways.map(({ hostname, address }) => ({ hostname, egressIP: formatAddress(address) })),
    boots: bootsOf(wanted.gateways, facts),
    looks: looksOf(wanted.gateways, context),
    reserve: reserveText(wanted.reserve),
    ...(adopted === undefined ? {} : { adopted }),
  };
  if (isAsWanted(policy, current)) return [];
  return [
    {
      ...base(context, id, egressIPAM, after),
      action: 'bind',
      effects: effectsOf(context, wanted),
      payload: { write: 'apply', policy, ...(current === undefined ? {} : { strays: straysIn(current.source) }) },
    },
  ];
}

/**
 * The EgressIPAM's destinations; where it tells none, those that are there. A policy that is but a record has none.
 * Cilium itself leaves out what is inside the cluster, so that nothing has to be excluded.
 */
function destinationsOf(
  { claim, family, current }: PolicyContext,
  { gateways }: WantedPolicy,
): Pick<PolicyContent, 'destinationCIDRs' | 'excludedCIDRs'> {
  if (gateways.length === 0) return { destinationCIDRs: [], excludedCIDRs: [] };
  const told = claim.egressIPAM?.destinations?.[family];
  if (told !== undefined) return { destinationCIDRs: told.included, excludedCIDRs: told.excluded };
  const { destinationCIDRs = [], excludedCIDRs = [] } = current?.source ?? {};
  if (destinationCIDRs.length > 0) return { destinationCIDRs, excludedCIDRs };
  return { destinationCIDRs: [allDestinations[family]], excludedCIDRs: [] };
}

/** What is not its namespace's is to go out of a policy before that is adopted. */
function adoptionBy({ claim, current, decisions }: PolicyContext): string | undefined {
  const known = [...knownTo(current)];
  const isAllOfClaim = !claim.releases && known.every((address) => claim.addresses.includes(address));
  return current && isAllOfClaim ? adoptionOf(current.source, known, decisions) : undefined;
}

function isAsWanted(policy: PolicyContent, current: ParsedPolicy | undefined): boolean {
  if (current === undefined || current.unconfirmed.length > 0) return false;
  return JSON.stringify(contentOf(current.source)) === JSON.stringify(policy);
}

function deletion(context: PolicyContext, after: readonly Precondition[]): NetworkStep {
  const { claim, family, current } = context;
  const gone = [...knownTo(current)].map(formatAddress);
  const egressIPAM = claim.egressIPAM?.name ?? current?.source.egressIPAM;
  return {
    ...base(context, `CiliumEgressGatewayPolicy/${policyName(claim.namespace, family)}`, egressIPAM, after),
    action: 'unbind',
    effects: { unbound: gone, unhosted: gone },
    payload: { write: 'delete' },
  };
}

function base(
  { claim, family }: PolicyContext,
  id: string,
  egressIPAM: string | undefined,
  after: readonly Precondition[],
) {
  return {
    kind: 'network' as const,
    id,
    object: { kind: 'CiliumEgressGatewayPolicy', name: policyName(claim.namespace, family) },
    after: distinctPreconditions(after),
    namespace: claim.namespace,
    ...(egressIPAM === undefined || egressIPAM === '' ? {} : { egressIPAM }),
  };
}

/** Every address that a policy names, or may name. */
function knownTo(policy: ParsedPolicy | undefined): ReadonlySet<Address> {
  if (policy === undefined) return new Set();
  const named = [...policy.gateways, ...policy.reserve].map(({ address }) => address);
  return new Set([...named, ...policy.unconfirmed]);
}

/** A move is both: the address goes from one node and comes to another in one write. */
function effectsOf(
  { current, view }: PolicyContext,
  { gateways, reserve }: { readonly gateways: readonly WantedGateway[]; readonly reserve: readonly ReservedAddress[] },
): StepEffects {
  const before = new Map(current?.gateways.map(({ address, hostname }) => [address, hostname]));
  const after = new Map(gateways.map(({ address, hostname }) => [address, hostname]));
  const known = knownTo(current);
  const isBinding = current !== undefined && sendsAll(current, view);
  return {
    ...texts(
      'recorded',
      reserve.map(({ address }) => address).filter((address) => !known.has(address)),
    ),
    ...texts(
      'hosted',
      [...after.keys()].filter((address) => before.get(address) !== after.get(address)),
    ),
    ...texts(
      'unhosted',
      [...before.keys()].filter((address) => before.get(address) !== after.get(address)),
    ),
    ...texts(
      'bound',
      [...after.keys()].filter((address) => !isBinding || !before.has(address)),
    ),
    ...texts(
      'unbound',
      [...before.keys()].filter((address) => !after.has(address)),
    ),
  };
}

function texts(effect: keyof StepEffects, addresses: readonly Address[]): StepEffects {
  return addresses.length === 0 ? {} : { [effect]: addresses.map(formatAddress) };
}
