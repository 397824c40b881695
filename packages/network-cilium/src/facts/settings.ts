import { type ClusterEvidence, type NetworkView } from '@egressip-ipam/core';
import { parseCidrs } from '@egressip-ipam/core/plugin';

/** Where Cilium's configuration may stand. */
export const configMaps = ['kube-system/cilium-config', 'cilium/cilium-config'];

/** The default of `egress-gateway-policy-map-max`. */
const defaultMapSize = 16_384;

/** Characters of a list of CIDRs that are looked at: a hundred of them. */
const longestList = 4_096;

/** What a cluster's Cilium can do; plain values, kept in the snapshot. */
export interface CiliumSettings {
  /** What keeps the egress gateway from working, in words with the way out; empty where nothing does. */
  readonly obstacle: string;
  /** Whether the configuration was read at all. */
  readonly configured: boolean;
  /** Entries of each node's policy map, per family. */
  readonly mapSize: number;
  /** Whether a policy can have several gateways (Cilium 1.18). */
  readonly severalGateways: boolean;
  /** Whether an egress IP may be an IPv6 one (Cilium 1.20, with IPv6 on). */
  readonly ipv6: boolean;
  /** Whether a public address on a private interface becomes the node's own (Cilium 1.19). */
  readonly prefersPublic: boolean;
  /** CIDRs out of which Cilium gives addresses to pods, apart by spaces. */
  readonly podNetworks: string;
}

const crd = 'ciliumegressgatewaypolicies.cilium.io';

/** Reads settings from what is served and from Cilium's configuration. */
export function settingsOf({ served, configMaps: present }: ClusterEvidence): CiliumSettings {
  const { labels = {}, specFields } = served.get(crd) ?? {};
  const version = schemaVersion(labels['io.cilium.k8s.crd.schema.version']);
  const config = configMaps.map((name) => present?.get(name)).find((data) => data !== undefined);
  const mapSize = Number(config?.['egress-gateway-policy-map-max'] ?? defaultMapSize);
  return {
    obstacle: config === undefined ? '' : (obstacleIn(config) ?? ''),
    configured: config !== undefined,
    mapSize: Number.isSafeInteger(mapSize) && mapSize > 0 ? mapSize : defaultMapSize,
    severalGateways: specFields?.has('egressGateways') ?? version >= 31,
    ipv6: version >= 33 && config?.['enable-ipv6'] === 'true',
    prefersPublic: version >= 32,
    podNetworks: podNetworksIn(config ?? {}).join(' '),
  };
}

/** Cilium's own pools of pod addresses; with another IPAM they are the platform's, and nodes tell them. */
function podNetworksIn(config: Readonly<Record<string, string>>): readonly string[] {
  const ipam = config['ipam'] ?? 'cluster-pool';
  if (!ipam.startsWith('cluster-pool') && ipam !== 'multi-pool') return [];
  const keys = ['cluster-pool-ipv4-cidr', 'cluster-pool-ipv6-cidr', 'auto-create-cilium-pod-ip-pools'];
  // What is looked for costs the square of a text that has none of it.
  const texts = keys.flatMap((key) => (config[key] ?? '').slice(0, longestList).match(/[0-9a-fA-F.:]+\/\d+/g) ?? []);
  return parseCidrs(texts.map((text) => text.replace(/^:(?!:)/, ''))).map(({ text }) => text);
}

/** The settings that are kept in a snapshot; what is missing is what an unread configuration gives. */
export function readSettings(settings: NetworkView['settings']): CiliumSettings {
  const { obstacle, configured, mapSize, severalGateways, ipv6, prefersPublic, podNetworks } = settings;
  return {
    obstacle: typeof obstacle === 'string' ? obstacle : '',
    configured: configured === true,
    mapSize: typeof mapSize === 'number' ? mapSize : defaultMapSize,
    severalGateways: severalGateways === true,
    ipv6: ipv6 === true,
    prefersPublic: prefersPublic === true,
    podNetworks: typeof podNetworks === 'string' ? podNetworks : '',
  };
}

/** The minor of `1.MINOR.PATCH`: 30 is Cilium 1.17, 31 is 1.18, 32 is 1.19, 33 is 1.20; 0 where it is not told. */
function schemaVersion(text: string | undefined): number {
  const [, minor] = /^1\.(\d+)/.exec(text ?? '') ?? [];
  return Number(minor ?? 0);
}

/** What the agents refuse to start the egress gateway with (`pkg/egressgateway/manager.go`). */
function obstacleIn(config: Readonly<Record<string, string>>): string | undefined {
  const is = (key: string, value: string): boolean => config[key] === value;
  if (!is('enable-egress-gateway', 'true') && !is('enable-ipv4-egress-gateway', 'true')) {
    return "Cilium's egress gateway is off: set egressGateway.enabled=true in its Helm values";
  }
  if (!is('enable-bpf-masquerade', 'true'))
    return 'Cilium masquerades by iptables: set bpf.masquerade=true in its Helm values';
  if (is('enable-ipv4-masquerade', 'false'))
    return 'Cilium does not masquerade: set enableIPv4Masquerade=true in its Helm values';
  if (is('kube-proxy-replacement', 'false') || is('kube-proxy-replacement', 'disabled')) {
    return "Cilium's egress gateway needs its replacement of kube-proxy: set kubeProxyReplacement=true in its Helm values";
  }
  const identities = config['identity-allocation-mode'] ?? 'crd';
  if (identities !== 'crd')
    return `Cilium keeps identities in ${identities}: its egress gateway needs identityAllocationMode=crd`;
  if (is('enable-cilium-endpoint-slice', 'true'))
    return "Cilium's egress gateway does not work with endpoint slices: set ciliumEndpointSlice.enabled=false";
  return undefined;
}
