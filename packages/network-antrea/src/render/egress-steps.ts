import {
  familyOf,
  formatAddress,
  type Address,
  type ClaimDecision,
  type NetworkDecisions,
  type NetworkStep,
  type NetworkView,
  type Precondition,
  type StepEffects,
} from '@egressip-ipam/core';
import { adoptionOf, afterStep } from '@egressip-ipam/core/plugin';
import { appliedTo, type ParsedEgress } from '../facts/parse-egress.ts';
import type { AntreaFacts } from '../facts/read-facts.ts';
import { egressName } from '../kinds/names.ts';
import { contentOf } from '../write/write.ts';
import { replacing, type AntreaPayload, type EgressContent } from '../write/payload.ts';
import { namesLostPool, type PoolPlan } from './pools.ts';

/** What is rendered from. */
export interface EgressContext {
  readonly decisions: NetworkDecisions;
  readonly facts: AntreaFacts;
  readonly view: NetworkView;
  readonly pools: PoolPlan;
}

/** What a namespace's Egresses come to. */
export interface NamespaceSteps {
  readonly steps: readonly NetworkStep[];
  /** The address that carries, or is to. */
  readonly active: Address | undefined;
}

/**
 * The writes of a namespace's Egresses: one for each address, of which one is active, as one alone counts for a pod. An
 * Egress is in reserve first: Antrea or this project puts its address on a node. Then it becomes active, and only then
 * the one before it goes into reserve, so that the namespace never leaves by its nodes in between. Where Antrea places,
 * one alone has a pool, as Antrea would put several addresses of a namespace on one node.
 */
export function egressSteps(claim: ClaimDecision, context: EgressContext): NamespaceSteps {
  const { facts } = context;
  const present = new Map(
    (facts.ofNamespace.get(claim.namespace) ?? []).map((egress) => [egress.ours?.address, egress]),
  );
  const addresses = claim.releases ? [] : claim.addresses;
  const active = chooseActive(addresses, present, context);
  const steps: NetworkStep[] = [];
  const leading = chooseLeading(addresses, active, present);
  const use = (address: Address): Use => ({
    address,
    present: present.get(address),
    active: address === active,
    hosted: address === leading || address === active,
  });
  const activation = active === undefined ? [] : applied(claim, use(active), [], context);
  steps.push(...activation);
  const afterActivation = activation.map(({ id }) => afterStep(id));
  for (const address of addresses) {
    if (address !== active)
      steps.push(
        ...applied(claim, use(address), present.get(address)?.inReserve === false ? afterActivation : [], context),
      );
  }
  const isExpected =
    active === undefined && addresses.some((address) => canCome(claim, present.get(address), address, context));
  for (const [address, egress] of present) {
    // What was restored, and proves nothing, carries for nobody.
    const isReplaced = isExpected && !egress.inReserve && egress.source.applied !== false;
    if (address !== undefined && !addresses.includes(address) && !isReplaced)
      steps.push(...departure(claim, address, egress, afterActivation, context));
  }
  return { steps, active };
}

/** Whether an address may soon be one that can carry: what it replaces goes on until then. */
function canCome(
  claim: ClaimDecision,
  present: ParsedEgress | undefined,
  address: Address,
  context: EgressContext,
): boolean {
  if (claim.egressIPAM?.placement !== 'network') return context.decisions.nodeOf(address) !== undefined;
  return present?.source.failure === undefined && poolOf(claim, address, context) !== undefined;
}

/**
 * What carries goes on for as long as its node is Ready; else the first that a Ready node has takes over. An address of
 * the first one's family comes before any of the other family, which of them a node had first is chance.
 */
function chooseActive(
  addresses: readonly Address[],
  present: ReadonlyMap<Address | undefined, ParsedEgress>,
  { decisions, pools, view }: EgressContext,
): Address | undefined {
  const isCarried = (address: Address): boolean => {
    const egress = present.get(address);
    const node = egress?.node;
    if (egress?.isConfirmed !== true || node === undefined || !pools.isReady(node)) return false;
    return !view.platform.attaches || decisions.isAttachedTo(address, node);
  };
  const current = addresses.find((address) => present.get(address)?.inReserve === false);
  const carried = addresses.filter(isCarried);
  const family = addresses.slice(0, 1).map(familyOf);
  const preferred = carried.filter((address) => family.includes(familyOf(address)));
  const able = preferred.length > 0 ? preferred : carried;
  return current !== undefined && able.includes(current) ? current : (able[0] ?? current);
}

/** The address that Antrea is to put on a node: the next one, where it says that it cannot with this one. */
function chooseLeading(
  addresses: readonly Address[],
  active: Address | undefined,
  present: ReadonlyMap<Address | undefined, ParsedEgress>,
): Address | undefined {
  const hasPool = (address: Address): boolean => (present.get(address)?.source.externalIPPool ?? '') !== '';
  const current = addresses.find((address) => address !== active && hasPool(address)) ?? active;
  if (current === undefined || present.get(current)?.source.failure === undefined) return current ?? addresses[0];
  return addresses[(addresses.indexOf(current) + 1) % addresses.length];
}

/** What an Egress shall be. */
interface Use {
  readonly address: Address;
  readonly present: ParsedEgress | undefined;
  readonly active: boolean;
  /** Whether a node is to have it, where Antrea places. */
  readonly hosted: boolean;
}

/** The write of an Egress, where it says anything new. */
function applied(
  claim: ClaimDecision,
  use: Use,
  after: readonly Precondition[],
  context: EgressContext,
): readonly NetworkStep[] {
  const { address, present, active } = use;
  const pool = poolOf(claim, address, context);
  const egress = wantedContent(claim, use, pool?.name, context);
  if (egress === undefined || context.facts.namesTaken.has(egressName(claim.namespace, address))) return [];
  const isKnown = present !== undefined && present.unconfirmed.length === 0;
  if (isKnown && isSame(contentOf(present.source, active), egress)) return [];
  const { order } = context.decisions;
  const isHosting = takesPlace(egress, present);
  const first = isHosting ? order.beforeHosting(address) : present === undefined ? order.beforeBinding(address) : [];
  const ofPool = egress.pool === '' || pool === undefined ? [] : pool.after;
  return [
    {
      ...base(claim, address, present),
      id: `Egress/${egressName(claim.namespace, address)}`,
      action: active ? 'bind' : 'host',
      effects: effectsOf(egress, present, isHosting),
      after: [...first, ...ofPool, ...after],
      payload: payloadFor(egress, present),
    },
  ];
}

function payloadFor(egress: EgressContent, present: ParsedEgress | undefined): AntreaPayload {
  if (present === undefined) return { write: 'egress', egress };
  const { namespaceSelector, podSelector } = present.source;
  const wanted = appliedTo(egress.namespace, egress.active);
  return { write: 'egress', egress, ...replacing([namespaceSelector, podSelector], Object.values(wanted)) };
}

function isSame(one: EgressContent | undefined, other: EgressContent): boolean {
  if (one === undefined) return false;
  const pairs = [
    [one.egressIPAM, other.egressIPAM],
    [one.namespace, other.namespace],
    [one.egressIP, other.egressIP],
    [one.pool, other.pool],
    [one.node, other.node],
    [one.adopted, other.adopted],
  ];
  return one.active === other.active && pairs.every(([left, right]) => left === right);
}

function poolOf(
  { egressIPAM }: ClaimDecision,
  address: Address,
  { pools }: EgressContext,
): ReturnType<PoolPlan['poolOf']> {
  return egressIPAM?.placement === 'network' ? pools.poolOf(egressIPAM, address) : undefined;
}

/** What an Egress shall say; undefined where nobody could put its address anywhere. */
function wantedContent(
  claim: ClaimDecision,
  use: Use,
  poolName: string | undefined,
  context: EgressContext,
): EgressContent | undefined {
  const { egressIPAM, namespace } = claim;
  const place = placeOf(egressIPAM, use, poolName, context);
  if (place === undefined) return undefined;
  const adopted = use.present && adoptionOf(use.present.source, [use.address], context.decisions);
  return {
    egressIPAM: egressIPAM?.name ?? use.present?.source.egressIPAM ?? '',
    namespace,
    egressIP: formatAddress(use.address),
    active: use.active,
    ...place,
    ...(adopted === undefined ? {} : { adopted }),
  };
}

/** The pool that Antrea places an address by, or the node that has it of us; undefined where there is neither. */
function placeOf(
  egressIPAM: ClaimDecision['egressIPAM'],
  use: Use,
  poolName: string | undefined,
  { decisions, facts }: EgressContext,
): Pick<EgressContent, 'pool' | 'node'> | undefined {
  const { present, hosted } = use;
  const presentPool = present?.source.externalIPPool ?? '';
  // What an EgressIPAM gave that is not there any more stays where Antrea has put it.
  const isOfLost = egressIPAM === undefined && presentPool !== '';
  if (egressIPAM?.placement !== 'network' && !isOfLost) {
    const node = chosenNode(use, decisions);
    return present === undefined && node === '' ? undefined : { pool: '', node };
  }
  if (present === undefined && poolName === undefined) return undefined;
  // A pool that comes back gives any of its addresses to an Egress that names it and has lost its own.
  if (present !== undefined && namesLostPool(present, facts)) return { pool: '', node: '' };
  return { pool: hosted || isOfLost ? (poolName ?? presentPool) : '', node: '' };
}

/**
 * The node that an Egress shall name, where we place. One that is to be bound is bound where it is, and moves after
 * that: binding waits for the interface, and that for the move, so that in one write each would wait for the other.
 */
function chosenNode({ address, present, active }: Use, { nodeOf }: NetworkDecisions): string {
  const placedOn = present?.source.placedOn ?? '';
  const isBoundFirst = active && present?.active === false && placedOn !== '';
  return isBoundFirst ? placedOn : (nodeOf(address) ?? placedOn);
}

/** Whether an Egress asks for a place that it did not ask for. */
function takesPlace({ pool, node }: EgressContent, present: ParsedEgress | undefined): boolean {
  if (pool !== '') return present?.source.externalIPPool !== pool;
  return node !== '' && present?.source.placedOn !== node;
}

function effectsOf(
  { egressIP, active, pool, node }: EgressContent,
  present: ParsedEgress | undefined,
  isHosting: boolean,
): StepEffects {
  const isUnhosting = present?.node !== undefined && (isHosting || (pool === '' && node === ''));
  const effects = {
    recorded: present === undefined && !isHosting,
    hosted: isHosting,
    unhosted: isUnhosting,
    bound: active && present?.active !== true,
    unbound: !active && present?.inReserve === false,
  };
  return Object.fromEntries(Object.entries(effects).flatMap(([effect, is]) => (is ? [[effect, [egressIP]]] : [])));
}

/** An Egress that goes: out of use first, then, once its address is off the interface, altogether. */
function departure(
  claim: ClaimDecision,
  address: Address,
  egress: ParsedEgress,
  after: readonly Precondition[],
  { decisions, view }: EgressContext,
): readonly NetworkStep[] {
  const text = [formatAddress(address)];
  const id = `Egress/${egress.name}`;
  const { source } = egress;
  const unbinds = !egress.inReserve && view.platform.attaches;
  const content: EgressContent = {
    egressIPAM: source.egressIPAM ?? '',
    namespace: claim.namespace,
    egressIP: text[0] ?? '',
    pool: source.externalIPPool,
    node: source.placedOn ?? '',
    active: false,
  };
  const unbinding: readonly NetworkStep[] = unbinds
    ? [
        {
          ...base(claim, address, egress),
          id,
          action: 'unbind',
          effects: { unbound: text },
          after,
          payload: payloadFor(content, egress),
        },
      ]
    : [];
  const forgetting = [...(unbinds ? [afterStep(id)] : after), ...decisions.order.beforeForgetting(address)];
  const effects = unbinds || egress.inReserve ? { unhosted: text } : { unbound: text, unhosted: text };
  return [
    ...unbinding,
    {
      ...base(claim, address, egress),
      id: unbinds ? `${id}/gone` : id,
      action: 'unhost',
      effects,
      after: forgetting,
      payload: { write: 'delete' },
    },
  ];
}

function base({ namespace, egressIPAM }: ClaimDecision, address: Address, present: ParsedEgress | undefined) {
  const name = egressIPAM?.name ?? present?.source.egressIPAM;
  return {
    kind: 'network' as const,
    object: { kind: 'Egress', name: egressName(namespace, address) },
    namespace,
    ...(name === undefined ? {} : { egressIPAM: name }),
  };
}
