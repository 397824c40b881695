/** The ConfigMap that holds the roster, in the operator's namespace. */
export const rosterName = 'egressip-ipam-agents';
/** The key of its JSON text. */
export const rosterKey = 'roster';
