import { finalizerName, type ClusterSnapshot } from '@egressip-ipam/core';

/**
 * A cluster that the project leaves: every EgressIPAM is being deleted, and who claims from one that is not there any
 * more claims nothing. Such a namespace keeps what it has otherwise, as whoever deleted the EgressIPAM may not have
 * meant it; here everything was given up.
 */
export function leaving(snapshot: ClusterSnapshot): ClusterSnapshot {
  const present = new Set(snapshot.egressIPAMs.map(({ name }) => name));
  const egressIPAMs = snapshot.egressIPAMs.map((egressIPAM) => ({
    ...egressIPAM,
    deletedAt: egressIPAM.deletedAt ?? snapshot.time ?? new Date(0).toISOString(),
    finalizers: [...new Set([...(egressIPAM.finalizers ?? []), finalizerName])],
  }));
  const namespaces = snapshot.namespaces.map((namespace) => {
    const { egressIPAM, ...rest } = namespace;
    return egressIPAM === undefined || present.has(egressIPAM) ? namespace : rest;
  });
  return { ...snapshot, egressIPAMs, namespaces };
}
