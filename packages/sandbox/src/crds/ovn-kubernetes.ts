import { column, defineCrd } from './define-crd.ts';
import { atomicList, int32, object, required, setOf, text } from './schema.ts';
import { labelSelector } from './selectors.ts';

/** Addresses that the traffic of some namespaces leaves with on OVN-Kubernetes, and the nodes that have them. */
export const egressIpCrd = defineCrd({
  group: 'k8s.ovn.org',
  version: 'v1',
  kind: 'EgressIP',
  plural: 'egressips',
  shortNames: ['eip'],
  columns: [
    column('EgressIPs', '.spec.egressIPs[*]'),
    column('Assigned Node', '.status.items[*].node'),
    column('Assigned EgressIPs', '.status.items[*].egressIP'),
  ],
  required: ['spec'],
  fields: {
    spec: object(
      { egressIPs: atomicList(text()), namespaceSelector: labelSelector, podSelector: labelSelector },
      required('egressIPs', 'namespaceSelector'),
    ),
    status: object(
      { items: atomicList(object({ egressIP: text(), node: text() }, required('egressIP', 'node'))) },
      required('items'),
    ),
  },
});

/** Where a namespace's pods may send to on OVN-Kubernetes. */
export const egressFirewallCrd = defineCrd({
  group: 'k8s.ovn.org',
  version: 'v1',
  kind: 'EgressFirewall',
  plural: 'egressfirewalls',
  namespaced: true,
  hasStatus: true,
  columns: [column('EgressFirewall Status', '.status.status')],
  metadata: object({ name: text({ pattern: '^default$' }) }),
  required: ['spec'],
  fields: {
    spec: object(
      {
        egress: atomicList(
          object(
            {
              ports: atomicList(
                object(
                  { port: int32({ maximum: 65535, minimum: 1 }), protocol: text({ pattern: '^TCP|UDP|SCTP$' }) },
                  required('port', 'protocol'),
                ),
              ),
              to: object(
                {
                  cidrSelector: text(),
                  dnsName: text({ pattern: '^(\\*\\.)?([A-Za-z0-9-]+\\.)*[A-Za-z0-9-]+\\.?$' }),
                  nodeSelector: labelSelector,
                },
                { maxProperties: 1, minProperties: 1 },
              ),
              type: text({ pattern: '^Allow|Deny$' }),
            },
            required('to', 'type'),
          ),
        ),
      },
      required('egress'),
    ),
    status: object({ messages: setOf(text()), status: text() }),
  },
});
