import { mostAssignments, type LabelSelector, type NetworkEntry, type NetworkKind } from '@egressip-ipam/core';
import {
  asRecord,
  ObjectReader,
  readMaker,
  readOwnership,
  type MakerFields,
  type Read,
} from '@egressip-ipam/core/plugin';
import { bootsAnnotation, looksAnnotation, reserveAnnotation } from './names.ts';
import { readCidrs, type ReadCidrs } from './policy-cidrs.ts';
import { readRules, selectorOf, type ReadRules } from './policy-rules.ts';

/**
 * Cilium's object: pods, destinations, and the gateways that their packets leave by (cilium.io/v2). It has no status.
 */
export interface EgressGatewayPolicyEntry extends NetworkEntry, MakerFields, ReadRules {
  readonly deletedAt?: string;
  /** As {@link readOwnership} tells; anybody who may write policies can copy the label. */
  readonly egressIPAM?: string;
  /** The annotation {@link bootsAnnotation}, raw. */
  readonly boots?: string;
  /** The annotation {@link looksAnnotation}, raw. */
  readonly looks?: string;
  /** The annotation {@link reserveAnnotation}, raw. */
  readonly reserve?: string;
  /** CIDRs that are not among those below, as there are too many, by family. */
  readonly moreCIDRs?: ReadCidrs['more'];
  readonly destinationCIDRs: readonly string[];
  readonly excludedCIDRs: readonly string[];
  /** Those that count: `egressGateways`, or where that is empty `egressGateway` alone. */
  readonly gateways: readonly PolicyGateway[];
  /** `egressGateway` beside a list whose first it is not. */
  readonly beside?: PolicyGateway;
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

/** An address and a node for each CIDR assignment of an EgressIPAM. */
const longestNote = mostAssignments * 320;
/** Characters of an IPv6 address at its longest. */
const longestAddress = 39;
/** Linux gives no interface a longer name. */
const longestInterface = 15;

function readPolicy(object: unknown): Read<EgressGatewayPolicyEntry> {
  const reader = new ObjectReader(object, 'CiliumEgressGatewayPolicy');
  const deletedAt = reader.text('metadata', 'deletionTimestamp');
  const egressIPAM = readOwnership(reader);
  const note = (annotation: string): string | undefined =>
    egressIPAM === undefined ? undefined : reader.bounded(longestNote, 'metadata', 'annotations', annotation);
  const [boots, looks, reserve] = [note(bootsAnnotation), note(looksAnnotation), note(reserveAnnotation)];
  const single = [reader.record('spec', 'egressGateway')].flatMap((gateway) =>
    gateway === undefined ? [] : [readGateway(reader, gateway)],
  );
  const listed = reader.list('spec', 'egressGateways').map((gateway) => readGateway(reader, gateway));
  const { destinations, excluded, more } = readCidrs(reader);
  const [beside] = listed.length > 0 && JSON.stringify(single[0]) !== JSON.stringify(listed[0]) ? single : [];
  return reader.result({
    name: reader.name,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(egressIPAM === undefined ? {} : { egressIPAM, ...readMaker(reader) }),
    ...(boots === undefined ? {} : { boots }),
    ...(looks === undefined ? {} : { looks }),
    ...(reserve === undefined ? {} : { reserve }),
    ...readRules(reader),
    ...(more === undefined ? {} : { moreCIDRs: more }),
    destinationCIDRs: destinations,
    excludedCIDRs: excluded,
    gateways: listed.length > 0 ? listed : single,
    ...(beside === undefined ? {} : { beside }),
  });
}

function readGateway(reader: ObjectReader, gateway: unknown): PolicyGateway {
  const { egressIP, interface: device } = asRecord(gateway);
  return {
    nodeSelector: selectorOf(reader, gateway, 'nodeSelector')['nodeSelector'] ?? {},
    egressIP: typeof egressIP === 'string' && egressIP.length <= longestAddress ? egressIP : '',
    ...(typeof device === 'string' && device !== '' ? { interface: shortInterface(device) } : {}),
  };
}

/** That there is one is what matters: what is no interface's name is kept as a sign. */
function shortInterface(name: string): string {
  return name.length > longestInterface ? '…' : name;
}
