import { isConflict, isNotFound, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { namespaces } from './resources.ts';

/**
 * Deletes a namespace, and does what the namespace controller does: takes its finalizer off, again where somebody wrote
 * meanwhile.
 */
export async function removeNamespace(rest: RestClient, name: string): Promise<void> {
  const client = new ResourceClient(rest, namespaces);
  await client.delete({ name });
  for (;;) {
    try {
      const left = await client.get({ name });
      return void (await rest.request('PUT', `/api/v1/namespaces/${name}/finalize`, {
        body: { ...left, spec: { finalizers: [] } },
      }));
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
    }
  }
}
