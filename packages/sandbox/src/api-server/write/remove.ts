import type { ApiObject } from '../api-object.ts';
import type { ApiContext } from '../context.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { onCustomResourceDefinitionRemoval } from './custom-resource-definitions.ts';

/**
 * Takes an object out of the store.
 *
 * @returns its last state under the revision it had, which is what Kubernetes answers
 */
export function removeObject(
  context: ApiContext,
  resource: ResourceDefinition,
  old: ApiObject,
  last: ApiObject = old,
): ApiObject {
  context.store.remove(resource.storageKey, last);
  onCustomResourceDefinitionRemoval(context, last);
  const { namespace } = last.metadata;
  if (namespace) context.namespaceChanged(namespace);
  return last;
}
