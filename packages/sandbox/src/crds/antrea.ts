import { column, defineCrd } from './define-crd.ts';
import { integer, listOf, object, required, text } from './schema.ts';
import { antreaLabelSelector } from './selectors.ts';

/** The address that some pods leave with on Antrea, and the node that has it. */
export const antreaEgressCrd = defineCrd({
  group: 'crd.antrea.io',
  version: 'v1beta1',
  kind: 'Egress',
  plural: 'egresses',
  shortNames: ['eg'],
  hasStatus: true,
  columns: [
    column('EgressIP', '.status.egressIP'),
    column('Age', '.metadata.creationTimestamp', 'date'),
    column('Node', '.status.egressNode'),
  ],
  required: ['spec'],
  fields: {
    spec: object(
      {
        appliedTo: object({ podSelector: antreaLabelSelector, namespaceSelector: antreaLabelSelector }),
        egressIP: text({ oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
        egressIPs: listOf(text({ oneOf: [{ maxLength: 0 }, { format: 'ipv4' }, { format: 'ipv6' }] })),
        externalIPPool: text(),
        externalIPPools: listOf(text()),
        bandwidth: object({ rate: text(), burst: text() }, required('rate', 'burst')),
      },
      {
        oneOf: [
          { anyOf: [{ required: ['egressIP'] }, { required: ['externalIPPool'] }] },
          { anyOf: [{ required: ['egressIPs'] }, { required: ['externalIPPools'] }] },
        ],
        ...required('appliedTo'),
      },
    ),
    status: object({
      egressNode: text(),
      egressIP: text(),
      conditions: listOf(
        object({ type: text(), status: text(), lastTransitionTime: text(), reason: text(), message: text() }),
      ),
    }),
  },
});

/** Addresses that Antrea may give out, and the nodes that can have them. */
export const externalIpPoolCrd = defineCrd({
  group: 'crd.antrea.io',
  version: 'v1beta1',
  kind: 'ExternalIPPool',
  plural: 'externalippools',
  shortNames: ['eip'],
  hasStatus: true,
  columns: [
    column('Total', '.status.usage.total', 'integer'),
    column('Used', '.status.usage.used', 'integer'),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ],
  required: ['spec'],
  fields: {
    spec: object(
      {
        ipRanges: listOf(
          object(
            {
              cidr: text({ format: 'cidr' }),
              start: text({ oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
              end: text({ oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
            },
            { oneOf: [{ required: ['cidr'] }, { required: ['start', 'end'] }] },
          ),
        ),
        subnetInfo: object(
          {
            gateway: text({ oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
            prefixLength: integer({ minimum: 1, maximum: 127 }),
            vlan: integer({ minimum: 0, maximum: 4094 }),
          },
          required('gateway', 'prefixLength'),
        ),
        nodeSelector: antreaLabelSelector,
      },
      required('ipRanges', 'nodeSelector'),
    ),
    status: object({ usage: object({ total: integer(), used: integer() }) }),
  },
});
