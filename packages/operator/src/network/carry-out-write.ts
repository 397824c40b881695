import { type KubernetesWrite } from '@egressip-ipam/core';
import { asRecord } from '@egressip-ipam/core/plugin';
import { ResourceClient, type KubernetesObject, type RestClient } from '@egressip-ipam/kube';
import { resourceOf } from './resources.ts';

/**
 * Carries out a write that stands as data, and gives the object as it is then; undefined once it is deleted.
 *
 * @param resourceVersion what was read last of the object: a conditional write overwrites nothing newer
 * @throws ApiError, TransportError or FencedError
 */
export async function carryOutWrite(
  rest: RestClient,
  write: KubernetesWrite,
  resourceVersion: string | undefined,
): Promise<KubernetesObject | undefined> {
  const { resource, name, namespace } = write;
  const client = new ResourceClient(rest, resourceOf(resource, namespace !== undefined));
  const object = { name, ...(namespace === undefined ? {} : { namespace }) };
  switch (write.verb) {
    case 'patch': {
      const version = write.conditional && resourceVersion !== undefined ? { resourceVersion } : {};
      const body = { ...write.body, metadata: { ...asRecord(write.body['metadata']), ...version } };
      return client.mergePatch(object, body, write.subresource === undefined ? {} : { subresource: write.subresource });
    }
    case 'apply':
      return client.apply(
        { ...write.object, metadata: { ...asRecord(write.object['metadata']), ...object } },
        { fieldManager: write.fieldManager, force: true },
      );
    case 'delete':
      await client.delete(object);
      return undefined;
    default:
      // A back end is anybody's code.
      throw new TypeError(`${String((write as { readonly verb: unknown }).verb)} is no write`);
  }
}
