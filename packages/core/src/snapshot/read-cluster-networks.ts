import { asRecord } from './object-reader.ts';

/**
 * The networks inside the cluster, as OpenShift's `Network` (config.openshift.io/v1) tells them: of pods and of Services,
 * those in force and those asked for. Never throws; what is no text is left out.
 */
export function readClusterNetworks(object: unknown): readonly string[] {
  const { spec, status } = asRecord(object);
  return [...new Set([spec, status].flatMap(networksIn))];
}

function networksIn(part: unknown): readonly string[] {
  const { clusterNetwork, serviceNetwork } = asRecord(part);
  const pods = listOf(clusterNetwork).map((entry) => asRecord(entry)['cidr']);
  return [...pods, ...listOf(serviceNetwork)].filter(
    (entry): entry is string => typeof entry === 'string' && entry !== '',
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
