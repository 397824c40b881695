import { annotationPrefix, type UnassignedGuard } from '@egressip-ipam/core';

/** Traffic to nodes, the API server's included, never leaves with an egress IP: it is not kept from going. */
const toNodes = { type: 'Allow', to: { nodeSelector: {} } };
const toAnywhere = { 4: '0.0.0.0/0', 6: '::/0' };

/** An EgressFirewall lets nothing out of a namespace that would leave with the address of a node. */
export const guard: UnassignedGuard = {
  resource: { group: 'k8s.ovn.org', version: 'v1', plural: 'egressfirewalls', kind: 'EgressFirewall' },
  // The only name that OVN-Kubernetes takes.
  name: 'default',
  label: `${annotationPrefix}/guard`,
  // The schemas of old releases have no nodeSelector.
  bodiesFor: (families) => {
    const denials = families.map((family) => ({ type: 'Deny', to: { cidrSelector: toAnywhere[family] } }));
    return [{ spec: { egress: [toNodes, ...denials] } }, { spec: { egress: denials } }];
  },
  // Somebody else's EgressIP is there for the namespace.
  exceptions: ['EgressIPConflict'],
};
