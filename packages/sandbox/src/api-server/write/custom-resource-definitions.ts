import type { ApiObject } from '../api-object.ts';
import { equalJson } from '../api-object.ts';
import type { ApiContext } from '../context.ts';
import { customResourceDefinitions } from '../resources/built-in-resources.ts';
import { establishedStatus, parseCustomResourceDefinition } from '../resources/custom-resource-definition.ts';

const isDefinition = ({ kind, apiVersion }: ApiObject): boolean =>
  kind === customResourceDefinitions.kind && apiVersion === 'apiextensions.k8s.io/v1';

/** Serves what a stored CustomResourceDefinition declares, and says so in its status. Other objects pass through. */
export function onCustomResourceDefinitionWrite(context: ApiContext, object: ApiObject): ApiObject {
  if (!isDefinition(object)) return object;
  context.catalogue.serve(object);
  if (object['status'] !== undefined) return object;
  const status = establishedStatus(parseCustomResourceDefinition(object), context.timestamp());
  if (equalJson(status, object['status'])) return object;
  return context.store.put(customResourceDefinitions.storageKey, { ...object, status });
}

/** Removes the objects of a CustomResourceDefinition that is gone, and serves them no longer. */
export function onCustomResourceDefinitionRemoval({ store, catalogue }: ApiContext, object: ApiObject): void {
  if (!isDefinition(object)) return;
  const collection = object.metadata.name;
  for (const [, resource] of store.snapshot(collection)?.entries ?? []) store.remove(collection, resource);
  catalogue.withdraw(object);
}
