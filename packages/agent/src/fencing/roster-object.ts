/** The ConfigMap that holds the roster, in the operator's namespace, and the key of its JSON text. */
export const rosterName = 'egressip-ipam-agents';
export const rosterKey = 'roster';
