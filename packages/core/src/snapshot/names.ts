/** Prefix of every annotation and label of this project; the original's own. */
const prefix = 'egressip-ipam-operator.redhat-cop.io';

/** On a namespace: the EgressIPAM it claims addresses from. Written by its owner. */
export const egressIPAMAnnotation = `${prefix}/egressipam`;

/** On a namespace: its addresses, comma-separated. The result, and the input when its owner writes it. */
export const egressIPsAnnotation = `${prefix}/egressips`;

/** On a namespace: what this project wrote last, `EGRESSIPAM/IP1,IP2`. */
export const allocatedAnnotation = `${prefix}/allocated`;

/** On a HostSubnet: the addresses that this project put there, `IP=NAMESPACE,…`. */
export const hostedIPsAnnotation = `${prefix}/hosted-ips`;

/** On a HostSubnet: the CIDRs that this project put there, comma-separated. */
export const hostedCIDRsAnnotation = `${prefix}/hosted-cidrs`;

/** On a node: this project set the label `k8s.ovn.org/egress-assignable`. */
export const labelledByUsAnnotation = `${prefix}/egress-assignable`;

/** On an EgressIP: this project owns it; the value is the EgressIPAM's name. */
export const ownershipLabel = `${prefix}/egressipam`;

/** Who applies EgressIPs: the field manager of server-side apply. */
export const fieldManager = 'egressip-ipam-operator';

/** The finalizer on EgressIPAMs; the original's own. */
export const finalizerName = 'EgressIPAM_controller';

/** The label that OVN-Kubernetes wants on nodes that may carry egress addresses. */
export const egressAssignableLabel = 'k8s.ovn.org/egress-assignable';
