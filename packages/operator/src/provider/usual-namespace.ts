/** The namespace that the operator is in where nobody says another. */
export const usualNamespace = 'egressip-ipam-operator';
