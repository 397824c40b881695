/**
 * Prefix of every annotation and label of this project; the original's own. Back ends put their records under it, too.
 */
export const annotationPrefix = 'egressip-ipam-operator.redhat-cop.io';

/** On a namespace: the EgressIPAM it claims addresses from. Written by its owner. */
export const egressIPAMAnnotation = `${annotationPrefix}/egressipam`;

/** On a namespace: its addresses, comma-separated. The result, and the input when its owner writes it. */
export const egressIPsAnnotation = `${annotationPrefix}/egressips`;

/** On a namespace: what this project wrote last, `EGRESSIPAM/IP1,IP2`. */
export const allocatedAnnotation = `${annotationPrefix}/allocated`;

/** On an object that this project made for a network: it is ours; the value is the EgressIPAM's name. */
export const ownershipLabel = `${annotationPrefix}/egressipam`;

/**
 * On an object that somebody else made for a network, such as one restored from a backup, and that this project found
 * to be as it would make it: the object's own uid. A copy has another one.
 */
export const adoptedAnnotation = `${annotationPrefix}/adopted`;

/**
 * On a node: what the cluster's own controller of cloud interfaces announces; every network on such a cluster goes by
 * it.
 */
export const egressIPConfigAnnotation = 'cloud.network.openshift.io/egress-ipconfig';

/** Who applies objects: the field manager of server-side apply. */
export const fieldManager = 'egressip-ipam-operator';

/** The finalizer on EgressIPAMs; the original's own. */
export const finalizerName = 'EgressIPAM_controller';
