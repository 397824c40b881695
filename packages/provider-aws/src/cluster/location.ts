import { type ClusterObjects, type ClusterRead, type ProviderContext } from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';

/** OpenShift's description of what it runs on. */
export const infrastructureRead: ClusterRead = {
  resource: { group: 'config.openshift.io', version: 'v1', plural: 'infrastructures', kind: 'Infrastructure' },
  name: 'cluster',
};

/** Where the cloud's API is. What is absent is the SDK's to find. */
export interface Location {
  readonly region?: string;
  readonly endpoint?: string;
}

/**
 * What a person named, else what `status.platformStatus.aws` of Infrastructure says: the region, and the endpoint of
 * EC2.
 */
export function locationOf({
  region,
  endpoint,
  objects,
}: Pick<ProviderContext, 'region' | 'endpoint' | 'objects'>): Location {
  const told = infrastructureLocation(objects);
  const known = { region: region ?? told.region, endpoint: endpoint ?? told.endpoint };
  return {
    ...(known.region === undefined ? {} : { region: known.region }),
    ...(known.endpoint === undefined ? {} : { endpoint: known.endpoint }),
  };
}

function infrastructureLocation(objects: ClusterObjects | undefined): Location {
  const [infrastructure] = objects?.('Infrastructure') ?? [];
  const { aws } = asRecord(asRecord(asRecord(infrastructure)['status'])['platformStatus']);
  const { region, serviceEndpoints } = asRecord(aws);
  const endpoints = Array.isArray(serviceEndpoints) ? serviceEndpoints.map(asRecord) : [];
  const endpoint = endpoints.find(({ name }) => name === 'ec2')?.['url'];
  return { ...(typeof region === 'string' ? { region } : {}), ...(typeof endpoint === 'string' ? { endpoint } : {}) };
}
