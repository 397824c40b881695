import { asRecord, listOf } from './object-reader.ts';

/**
 * The networks inside the cluster, as OpenShift's `Network` (config.openshift.io/v1) tells them: of pods and of
 * Services, those in force and those asked for; as the one of operator.openshift.io/v1 does, which has those that the
 * cluster's network keeps for itself, too; and as Kubernetes' own ServiceCIDR (networking.k8s.io) does. Never throws;
 * what is no text is left out.
 */
export function readClusterNetworks(object: unknown): readonly string[] {
  const { spec, status } = asRecord(object);
  return [...new Set([spec, status].flatMap(networksIn))];
}

function networksIn(part: unknown): readonly string[] {
  const { clusterNetwork, serviceNetwork, defaultNetwork, cidrs } = asRecord(part);
  const pods = listOf(clusterNetwork).map((entry) => asRecord(entry)['cidr']);
  const internal = Object.values(asRecord(defaultNetwork)).flatMap((config) => internalNetworksIn(asRecord(config)));
  return [...pods, ...listOf(serviceNetwork), ...listOf(cidrs), ...internal].filter(
    (entry): entry is string => typeof entry === 'string' && entry !== '',
  );
}

function internalNetworksIn(config: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { v4InternalSubnet, v6InternalSubnet, gatewayConfig, hybridOverlayConfig } = config;
  const ofFamilies = ['ipv4', 'ipv6'].flatMap((family) => {
    const { internalJoinSubnet, internalTransitSwitchSubnet } = asRecord(config[family]);
    return [
      internalJoinSubnet,
      internalTransitSwitchSubnet,
      asRecord(asRecord(gatewayConfig)[family])['internalMasqueradeSubnet'],
    ];
  });
  const hybrid = listOf(asRecord(hybridOverlayConfig)['hybridClusterNetwork']).map((entry) => asRecord(entry)['cidr']);
  return [v4InternalSubnet, v6InternalSubnet, ...ofFamilies, ...hybrid];
}
