import { readFileSync } from 'node:fs';
import { usualNamespace } from '../provider/usual-namespace.ts';

const serviceAccountNamespace = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** The namespace that the pod runs in, where there is a pod. */
export function ownNamespace(): string {
  const given = process.env['POD_NAMESPACE'];
  if (given !== undefined && given !== '') return given;
  try {
    return readFileSync(serviceAccountNamespace, 'utf8').trim();
  } catch {
    return usualNamespace;
  }
}
