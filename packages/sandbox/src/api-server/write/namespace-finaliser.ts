import { isRecord } from '../api-object.ts';
import type { ApiContext } from '../context.ts';
import { namespaces } from '../resources/built-in-resources.ts';
import { markOrRemove } from './delete.ts';
import { removeObject } from './remove.ts';

/**
 * Plays the namespace controller of kube-controller-manager for one namespace: when it is terminating, deletes what is
 * in it, then clears its `spec.finalizers`. Does nothing for any other; stops where an object's own finalizer holds it.
 */
export function finaliseNamespace(context: ApiContext, name: string): void {
  const { store, catalogue } = context;
  const namespace = store.get(namespaces.storageKey, name);
  if (!namespace?.metadata.deletionTimestamp) return;
  let remaining = 0;
  const collections = new Map(catalogue.all().map((resource) => [resource.storageKey, resource]));
  for (const [collection, resource] of collections) {
    if (!resource.namespaced) continue;
    for (const [key, object] of store.snapshot(collection)?.entries ?? []) {
      if (key.startsWith(`${name}/`) && markOrRemove(context, resource, object)) remaining += 1;
    }
  }
  const { spec, metadata } = namespace;
  const held = isRecord(spec) && Array.isArray(spec['finalizers']) && spec['finalizers'].length > 0;
  if (remaining > 0 || !held) return;
  const finalised = { ...namespace, spec: {} };
  if (metadata.finalizers?.length) store.put(namespaces.storageKey, finalised);
  else removeObject(context, namespaces, finalised);
}
