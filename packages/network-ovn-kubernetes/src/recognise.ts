import { type Certainty, type ClusterEvidence, type Recognition } from '@egressip-ipam/core';
import { isAnyAnnounced } from '@egressip-ipam/core/plugin';

/** Annotations with this prefix are written by OVN-Kubernetes alone. */
const annotationPrefix = 'k8s.ovn.org/';

/** OVN-Kubernetes is there where the cluster says so or nodes carry its annotations, or else by its EgressIPs. */
export function recognise(evidence: ClusterEvidence): Recognition {
  const served = evidence.served.get('egressips.k8s.ovn.org');
  return {
    certainty: certaintyOf(evidence, served?.isUsed),
    ...attachment(evidence),
    settings: { egressNodeSelector: served?.specFields?.has('egressNodeSelector') === true },
  };
}

function certaintyOf({ announced, nodes }: ClusterEvidence, isUsed: boolean | undefined): Certainty {
  if (announced === 'OVNKubernetes') return 'announced';
  const isAtWork = nodes.some(({ annotations = {} }) =>
    Object.keys(annotations).some((key) => key.startsWith(annotationPrefix)),
  );
  if (isAtWork) return 'at-work';
  return isUsed === undefined ? 'absent' : isUsed ? 'used' : 'served';
}

/** Also where the cluster's own controller has not come to the nodes yet, their interfaces are its business. */
function attachment({ nodes, served }: ClusterEvidence): Pick<Recognition, 'clusterAttaches'> {
  if (isAnyAnnounced(nodes)) return { clusterAttaches: 'at-work' };
  return served.has('cloudprivateipconfigs.cloud.network.openshift.io') ? { clusterAttaches: 'expected' } : {};
}
