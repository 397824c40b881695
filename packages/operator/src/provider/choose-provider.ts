import { clouds } from '../network/clouds.ts';

/** What is known of the infrastructure before a provider is chosen. */
export interface InfrastructureFacts {
  /** `Infrastructure.status.platformStatus.type`. */
  readonly platform?: string;
  /** `spec.providerID` of any node. */
  readonly providerID?: string;
  /** Whether the cluster's own controller attaches addresses, as OVN-Kubernetes and OpenShift 4.10 have it. */
  readonly clusterAttaches: boolean;
  /** Whether there are credentials with which the cloud can be read. */
  readonly hasCredentials: boolean;
}

/**
 * The provider to load. On a cloud whose addresses the cluster itself attaches, none is needed: it is loaded
 * where it was asked for, or where credentials are there, to read what else is in use.
 */
export function chooseProvider(chosen: string | undefined, facts: InfrastructureFacts): string {
  if (chosen !== undefined) return chosen;
  return platformOf(facts) === 'aws' && (!facts.clusterAttaches || facts.hasCredentials) ? 'aws' : 'baremetal';
}

/** The platform in lower case: what Infrastructure says, else what a node's providerID shows. */
export function platformOf({ platform, providerID }: Pick<InfrastructureFacts, 'platform' | 'providerID'>): string {
  if (platform !== undefined) return platform.toLowerCase();
  const scheme = /^([a-z]+):\/\//.exec(providerID ?? '')?.[1] ?? 'none';
  return scheme === 'gce' ? 'gcp' : scheme;
}

/** Whether the platform attaches addresses to interfaces, by whoever does it. */
export function isCloud(platform: string): boolean {
  return clouds.includes(platform);
}
