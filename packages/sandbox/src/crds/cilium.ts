import { column, defineCrd } from './define-crd.ts';
import { anyFields, cel, listOf, object, required, text } from './schema.ts';
import { ciliumLabelSelector } from './selectors.ts';

const group = '[0-9A-Fa-f]{1,4}';
const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)';
// As Cilium has it: the backslashes of the IPv6 half are lost (`d` for a digit, any character for a dot).
const dotted = '((25[0-5]|2[0-4]d|1dd|[1-9]?d)(.(25[0-5]|2[0-4]d|1dd|[1-9]?d)){3})';
const rest = (groups: number): string => `(((:${group}){1,${groups}})|((:${group}){0,${groups - 2}}:${dotted})|:)`;
const ipv6 = [
  `((${group}:){7}(${group}|:))`,
  `((${group}:){6}(:${group}|${dotted}|:))`,
  `((${group}:){5}(((:${group}){1,2})|:${dotted}|:))`,
  `((${group}:){4}(((:${group}){1,3})|((:${group})?:${dotted})|:))`,
  ...[3, 2, 1].map((count) => `((${group}:){${count}}${rest(7 - count)})`),
  `(:${rest(7)})`,
];
const ipv4Cidr = `^(?:${octet}\\.){3}${octet}\\/([0-9]|[1-2][0-9]|3[0-2])$`;
const ipv6Cidr = `^s*(${ipv6.join('|')})(%.+)?s*(\\/(12[0-8]|1[0-1][0-9]|[1-9][0-9]|[0-9]))$`;
const cidr = text({ pattern: `${ipv4Cidr}|${ipv6Cidr}` });

const gateway = object(
  {
    egressIP: text({ maxLength: 39, ...cel("self == '' || isIP(self)") }),
    interface: text(),
    nodeSelector: ciliumLabelSelector,
  },
  required('nodeSelector'),
);

/** Which pods leave through which gateway node, with which address, on Cilium. */
export const ciliumEgressGatewayPolicyCrd = defineCrd({
  group: 'cilium.io',
  version: 'v2',
  kind: 'CiliumEgressGatewayPolicy',
  plural: 'ciliumegressgatewaypolicies',
  shortNames: ['cegp'],
  categories: ['cilium', 'ciliumpolicy'],
  columns: [column('Age', '.metadata.creationTimestamp', 'date')],
  required: ['metadata'],
  fields: {
    spec: object(
      {
        destinationCIDRs: listOf(cidr),
        egressGateway: gateway,
        egressGateways: listOf(gateway, { default: [], maxItems: 64 }),
        excludedCIDRs: listOf(cidr),
        selectors: listOf(
          object({
            namespaceSelector: ciliumLabelSelector,
            nodeSelector: ciliumLabelSelector,
            podSelector: ciliumLabelSelector,
          }),
        ),
      },
      required('destinationCIDRs', 'egressGateway', 'selectors'),
    ),
  },
});

/** Pods, as Cilium's agents know them; they are counted here, and nothing in them matters. */
export const ciliumEndpointCrd = defineCrd({
  group: 'cilium.io',
  version: 'v2',
  kind: 'CiliumEndpoint',
  plural: 'ciliumendpoints',
  namespaced: true,
  fields: { status: anyFields },
});
