import { type LabelSelector, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import {
  asRecord,
  isRecord,
  ObjectReader,
  readMaker,
  readOwnership,
  readSelector,
  type AppliedFields,
  type Read,
} from '@egressip-ipam/core/plugin';
import { bootsAnnotation, looksAnnotation, reserveAnnotation } from './names.ts';

/**
 * Cilium's object: pods, destinations, and the gateways that their packets leave by (cilium.io/v2). It has no status.
 */
export interface EgressGatewayPolicyEntry extends NetworkEntry, Pick<AppliedFields, 'applied'> {
  readonly deletedAt?: string;
  /** As {@link readOwnership} tells; anybody who may write policies can copy the label. */
  readonly egressIPAM?: string;
  /** The annotation {@link bootsAnnotation}, raw. */
  readonly boots?: string;
  /** The annotation {@link looksAnnotation}, raw. */
  readonly looks?: string;
  /** The annotation {@link reserveAnnotation}, raw. */
  readonly reserve?: string;
  readonly selectors: readonly PolicyRule[];
  readonly destinationCIDRs: readonly string[];
  readonly excludedCIDRs: readonly string[];
  /** Those that count: `egressGateways`, or where that is empty `egressGateway` alone. */
  readonly gateways: readonly PolicyGateway[];
  /** `egressGateway` beside a list whose first it is not. */
  readonly beside?: PolicyGateway;
}

/** One of `spec.selectors`. */
export interface PolicyRule {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly nodeSelector?: LabelSelector;
}

/** One gateway of a policy. */
export interface PolicyGateway {
  readonly nodeSelector: LabelSelector;
  /** As written; empty where the node's own address is meant. */
  readonly egressIP: string;
  /** Beside an address it makes Cilium drop the whole policy. */
  readonly interface?: string;
}

/** The kind CiliumEgressGatewayPolicy. */
export const egressGatewayPolicyKind: NetworkKind<EgressGatewayPolicyEntry> = {
  resource: {
    group: 'cilium.io',
    version: 'v2',
    plural: 'ciliumegressgatewaypolicies',
    kind: 'CiliumEgressGatewayPolicy',
  },
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  read: readPolicy,
};

function readPolicy(object: unknown): Read<EgressGatewayPolicyEntry> {
  const reader = new ObjectReader(object, 'CiliumEgressGatewayPolicy');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const egressIPAM = readOwnership(reader);
  const boots = reader.text('metadata', 'annotations', bootsAnnotation);
  const looks = reader.text('metadata', 'annotations', looksAnnotation);
  const reserve = reader.text('metadata', 'annotations', reserveAnnotation);
  const single = [reader.record('spec', 'egressGateway')].flatMap((gateway) =>
    gateway === undefined ? [] : [readGateway(reader, gateway)],
  );
  const listed = reader.list('spec', 'egressGateways').map((gateway) => readGateway(reader, gateway));
  const [beside] = listed.length > 0 && JSON.stringify(single[0]) !== JSON.stringify(listed[0]) ? single : [];
  return reader.result({
    name: reader.name,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(egressIPAM === undefined ? {} : { egressIPAM, ...readMaker(reader) }),
    ...(boots === undefined ? {} : { boots }),
    ...(looks === undefined ? {} : { looks }),
    ...(reserve === undefined ? {} : { reserve }),
    selectors: reader.list('spec', 'selectors').map((rule) => readRule(reader, rule)),
    destinationCIDRs: reader.texts('spec', 'destinationCIDRs'),
    excludedCIDRs: reader.texts('spec', 'excludedCIDRs'),
    gateways: listed.length > 0 ? listed : single,
    ...(beside === undefined ? {} : { beside }),
  });
}

function readRule(reader: ObjectReader, rule: unknown): PolicyRule {
  return {
    ...selectorOf(reader, rule, 'namespaceSelector'),
    ...selectorOf(reader, rule, 'podSelector'),
    ...selectorOf(reader, rule, 'nodeSelector'),
  };
}

function readGateway(reader: ObjectReader, gateway: unknown): PolicyGateway {
  const { egressIP, interface: device } = asRecord(gateway);
  return {
    nodeSelector: selectorOf(reader, gateway, 'nodeSelector')['nodeSelector'] ?? {},
    egressIP: typeof egressIP === 'string' ? egressIP : '',
    ...(typeof device === 'string' && device !== '' ? { interface: device } : {}),
  };
}

/** A selector in a list's entry, under its own name; what is wrong in it is the policy's problem. */
function selectorOf(reader: ObjectReader, holder: unknown, field: string): Readonly<Record<string, LabelSelector>> {
  if (!isRecord(holder) || holder[field] === undefined || holder[field] === null) return {};
  const nested = new ObjectReader(
    { metadata: { name: reader.name }, [field]: holder[field] },
    'CiliumEgressGatewayPolicy',
  );
  const selector = readSelector(nested, field);
  for (const { field: where = field, message } of nested.problems) reader.problem(`spec.${where}`, message);
  return selector === undefined ? {} : { [field]: selector };
}
