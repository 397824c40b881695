import {
  type Address,
  type BindingFacts,
  type FactsReader,
  type HostedAddress,
  type HostFacts,
  type NetworkFacts,
  type NetworkObstacle,
  type NetworkView,
} from '@egressip-ipam/core';
import { createJudge, entriesOf, ListMemo, reportUnproven } from '@egressip-ipam/core/plugin';
import { ciliumNodeKind } from '../kinds/cilium-node.ts';
import { egressGatewayPolicyKind } from '../kinds/egress-gateway-policy.ts';
import { policyName, policySubject } from '../kinds/names.ts';
import { readSettings, type CiliumSettings } from './settings.ts';
import { parseCiliumNode, type ParsedCiliumNode } from './cilium-nodes.ts';
import { createForeignReader, type ForeignPolicies } from './foreign-policies.ts';
import { gatewayNodes, type GatewayNodes } from './gateway-nodes.ts';
import { asOthers, isUnproven, parsePolicy, sendsAll, type ParsedPolicy } from './parse-policy.ts';
import { podNetworksOf } from './pod-networks.ts';
import { policyMaps } from './policy-map.ts';

/** What Cilium's objects say, with what `render` needs of them. */
export interface CiliumFacts extends NetworkFacts {
  readonly settings: CiliumSettings;
  readonly gateways: GatewayNodes;
  /** Our policies, by name. */
  readonly ours: ReadonlyMap<string, ParsedPolicy>;
  /** Names of policies of others that have a name that we give. */
  readonly namesTaken: ReadonlySet<string>;
}

/** Makes a reader that parses each object once in its life. */
export function createFactsReader(): FactsReader {
  const policies = new ListMemo(parsePolicy);
  const nodes = new ListMemo(parseCiliumNode);
  const foreignOf = createForeignReader();
  const judge = createJudge(isUnproven, asOthers);
  return {
    read: (view) => {
      const all = judge(policies.parseAll(entriesOf(view.objects, egressGatewayPolicyKind)), view);
      return factsOf(view, all, foreignOf(all), nodes.parseAll(entriesOf(view.objects, ciliumNodeKind)));
    },
  };
}

function factsOf(
  view: NetworkView,
  policies: readonly ParsedPolicy[],
  foreign: ForeignPolicies,
  nodes: readonly ParsedCiliumNode[],
): CiliumFacts {
  const settings = readSettings(view.settings);
  const gateways = gatewayNodes(view.nodes, settings, nodes);
  const { tables, findings } = policyMaps(policies, settings.mapSize, view);
  const own = policies.filter(({ ours }) => ours !== undefined);
  const bindings = bindingsOf(own, view);
  const namesTaken = new Set(
    policies.flatMap(({ name, ours }) => (ours === undefined && policySubject(name) !== undefined ? [name] : [])),
  );
  return {
    hosts: own.map((policy) => hostsOf(policy, gateways)),
    bindings,
    reserved: [],
    clusterNetworks: [...podNetworksOf(view.nodes, settings), ...nodes.flatMap(({ podNetworks }) => podNetworks)],
    used: foreign.used,
    mentioned: [],
    refused: new Set(),
    occupied: [],
    nodeOf: gateways.nodeOf,
    obstacleOf: (namespace) =>
      foreign.obstacleOf(namespace, view.claimantOf(namespace)) ?? nameTaken(namespace, namesTaken),
    ...standstill(settings),
    tables,
    findings: [
      ...gateways.findings,
      ...findings,
      // Somebody else's may have our label, copied with the rest.
      ...policies
        .filter(({ ours, source }) => ours === undefined && source.egressIPAM !== undefined)
        .map((policy) =>
          reportUnproven(
            policy.object,
            policy.gateways.map(({ address }) => address),
          ),
        ),
    ],
    settings,
    gateways,
    ours: new Map(own.map((policy) => [policy.name, policy])),
    namesTaken,
  };
}

/** A namespace can have no policy while somebody else's has its name. */
function nameTaken(namespace: string, names: ReadonlySet<string>): NetworkObstacle | undefined {
  if (names.size === 0) return undefined;
  const name = ([4, 6] as const).map((family) => policyName(namespace, family)).find((policy) => names.has(policy));
  if (name === undefined) return undefined;
  return {
    code: 'ForeignPolicy',
    message: `CiliumEgressGatewayPolicy ${name} has the name that this namespace's policy gets, and nothing says that this project made it: delete it.`,
  };
}

function standstill({ obstacle }: CiliumSettings): { readonly standstill?: NetworkObstacle } {
  return obstacle === '' ? {} : { standstill: { code: 'EgressGatewayOff', message: obstacle } };
}

/**
 * A policy hosts an address on the node that it names: there it is sent from, or dropped. What it keeps in reserve is
 * our record.
 */
function hostsOf({ object, gateways, reserve, ours }: ParsedPolicy, nodes: GatewayNodes): HostFacts {
  const namespace = ours?.namespace;
  const recorded = reserve.map(({ address, node }): HostedAddress => ({
    address,
    node,
    ours: true,
    namespace,
    state: 'recorded',
  }));
  const named = gateways.map(({ address, hostname = '' }): HostedAddress => {
    const node = nodes.byHostname(hostname);
    // No node has the label any more: Cilium drops, and the interface may have the address still.
    return { address, node: node ?? hostname, ours: true, namespace, state: node === undefined ? 'recorded' : 'shown' };
  });
  return { object, hosted: [...named, ...recorded] };
}

/** A namespace's policies of both families together. */
function bindingsOf(own: readonly ParsedPolicy[], view: NetworkView): ReadonlyMap<string, BindingFacts> {
  const bindings = new Map<string, BindingFacts>();
  for (const policy of own) {
    const { ours, object, gateways, unconfirmed, awaitsRecord, source } = policy;
    if (ours === undefined) continue;
    const { namespace } = ours;
    const other = bindings.get(namespace);
    const addresses: readonly Address[] = (sendsAll(policy, view) ? gateways : []).map(({ address }) => address);
    bindings.set(namespace, {
      namespace,
      object: other?.object ?? object,
      ours: true,
      byRecord: awaitsRecord || other?.byRecord === true,
      madeByOthers: source.applied === false || other?.madeByOthers === true,
      addresses: [...(other?.addresses ?? []), ...addresses],
      unconfirmed: [...(other?.unconfirmed ?? []), ...unconfirmed],
    });
  }
  return bindings;
}
