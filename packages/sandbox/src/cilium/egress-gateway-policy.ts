import type { KubernetesObject } from '@egressip-ipam/kube';
import { addressOfCidr, canonicalAddress, isVersion6 } from '../stand-in/addresses.ts';
import { selects, type Labels, type LabelSelector } from '../stand-in/label-selector.ts';

/** One gateway that a policy asks for. */
export interface PolicyGateway {
  readonly nodeSelector: LabelSelector;
  /** Canonical; without one, and without an interface, it is the node's own address. */
  readonly egressIP?: string;
  readonly interface?: string;
}

/** A policy as an agent keeps it. */
export interface EgressGatewayPolicy {
  readonly name: string;
  /** Does a rule select the endpoint of these labels, on a node of those? */
  readonly matches: (endpoint: Labels, node: Labels) => boolean;
  readonly destinationCIDRs: readonly string[];
  readonly excludedCIDRs: readonly string[];
  readonly gateways: readonly PolicyGateway[];
}

/** Why an agent refuses a policy. */
export interface Refusal {
  readonly refused: string;
}

interface Rule {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly nodeSelector?: LabelSelector;
}

interface GatewaySpec {
  readonly nodeSelector?: LabelSelector;
  readonly egressIP?: string;
  readonly interface?: string;
}

interface Spec {
  readonly selectors?: readonly Rule[];
  readonly destinationCIDRs?: readonly string[];
  readonly excludedCIDRs?: readonly string[];
  readonly egressGateway?: GatewaySpec;
  readonly egressGateways?: readonly GatewaySpec[];
}

/** The label that holds an endpoint's namespace; the agent sets it over whatever a pod claims. */
const podNamespaceLabel = 'io.kubernetes.pod.namespace';
const namespaceLabels = 'io.cilium.k8s.namespace.labels.';

/** The labels of an endpoint: the pod's, its namespace's under a prefix, and the name of its namespace. */
export function endpointLabels(pod: Labels, namespace: string, ofNamespace: Labels): Labels {
  const prefixed = Object.entries(ofNamespace).map(([key, value]): [string, string] => [namespaceLabels + key, value]);
  return { ...pod, ...Object.fromEntries<string>(prefixed), [podNamespaceLabel]: namespace };
}

/**
 * Parses a CiliumEgressGatewayPolicy as an agent does (`pkg/egressgateway/policy.go` of Cilium 1.20).
 *
 * @returns or why the agent refuses it, which only its log tells
 */
export function parseEgressGatewayPolicy({
  metadata: { name },
  ...object
}: KubernetesObject): EgressGatewayPolicy | Refusal {
  // What passed the schema has this shape.
  const spec = (object['spec'] ?? {}) as Spec;
  const { selectors = [], destinationCIDRs, excludedCIDRs = [], egressGateway, egressGateways = [] } = spec;
  if (destinationCIDRs === undefined) return { refused: "destinationCIDRs can't be empty" };
  const asked = egressGateways.length > 0 ? egressGateways : egressGateway && [egressGateway];
  if (asked === undefined) return { refused: "egressGateway can't be empty" };
  const gateways = asked.map(parseGateway);
  const badGateway = gateways.find((gateway) => 'refused' in gateway);
  if (badGateway) return badGateway;
  const badCidr = [...destinationCIDRs, ...excludedCIDRs].find((cidr) => !isCidr(cidr));
  if (badCidr !== undefined) return { refused: `failed to parse CIDR ${badCidr}` };
  if (selectors.some(({ namespaceSelector, podSelector }) => !namespaceSelector && !podSelector)) {
    return { refused: 'cannot have both nil namespace selector and nil pod selector' };
  }
  return {
    name,
    matches: matcherOf(selectors),
    destinationCIDRs,
    excludedCIDRs,
    gateways: gateways.flatMap((gateway) => ('refused' in gateway ? [] : [gateway])),
  };
}

function parseGateway({
  nodeSelector = {},
  egressIP: text = '',
  interface: device = '',
}: GatewaySpec): PolicyGateway | Refusal {
  const egressIP = canonicalAddress(text);
  if (text !== '' && device !== '')
    return { refused: "gateway configuration can't specify both an interface and an egress IP" };
  if (text !== '' && egressIP === undefined) return { refused: `failed to parse egress IP ${text}` };
  return { nodeSelector, ...(egressIP !== undefined && { egressIP }), ...(device !== '' && { interface: device }) };
}

// The rules' node selectors are one list for the whole policy, of which any may match.
function matcherOf(rules: readonly Rule[]): EgressGatewayPolicy['matches'] {
  const nodeSelectors = rules.map(({ nodeSelector }) => nodeSelector).filter((selector) => selector !== undefined);
  const endpointTests = rules.map(({ namespaceSelector, podSelector }) => {
    const ofNamespace = namespaceSelector && prefixed(namespaceSelector);
    return (labels: Labels): boolean =>
      (ofNamespace === undefined || selects(ofNamespace, labels)) &&
      (podSelector === undefined || selects(podSelector, labels));
  });
  return (endpoint, node) =>
    endpointTests.some((test) => test(endpoint)) &&
    (nodeSelectors.length === 0 || nodeSelectors.some((selector) => selects(selector, node)));
}

function prefixed({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelSelector {
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [namespaceLabels + key, value])),
    matchExpressions: matchExpressions.map((requirement) => ({
      ...requirement,
      key: namespaceLabels + requirement.key,
    })),
  };
}

function isCidr(text: string): boolean {
  const [, prefix = '', ...rest] = text.split('/');
  const base = addressOfCidr(text);
  if (base === undefined || rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
  return Number(prefix) <= (isVersion6(base) ? 128 : 32);
}
