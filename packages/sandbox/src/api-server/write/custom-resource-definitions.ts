import type { ApiObject } from '../api-object.ts';
import { isRecord } from '../api-object.ts';
import type { ApiContext } from '../context.ts';
import { customResourceDefinitions } from '../resources/built-in-resources.ts';
import { establishedStatus, parseCustomResourceDefinition } from '../resources/custom-resource-definition.ts';

const isDefinition = ({ kind, apiVersion }: ApiObject): boolean =>
  kind === customResourceDefinitions.kind && apiVersion === 'apiextensions.k8s.io/v1';

/** Generated definitions come with a status that is empty; it counts for nothing. */
function isEstablished({ status }: ApiObject): boolean {
  return (
    isRecord(status) &&
    Array.isArray(status['conditions']) &&
    status['conditions'].some((condition) => isRecord(condition) && condition['type'] === 'Established')
  );
}

/** Serves what a stored CustomResourceDefinition declares, and says so in its status. Other objects pass through. */
export function onCustomResourceDefinitionWrite(context: ApiContext, object: ApiObject): ApiObject {
  if (!isDefinition(object)) return object;
  context.catalogue.serve(object);
  if (isEstablished(object)) return object;
  const status = establishedStatus(parseCustomResourceDefinition(object), context.timestamp());
  return context.store.put(customResourceDefinitions.storageKey, { ...object, status });
}

/** Removes the objects of a CustomResourceDefinition that is gone, and serves them no longer. */
export function onCustomResourceDefinitionRemoval({ store, catalogue }: ApiContext, object: ApiObject): void {
  if (!isDefinition(object)) return;
  const collection = object.metadata.name;
  for (const [, resource] of store.snapshot(collection)?.entries ?? []) store.remove(collection, resource);
  catalogue.withdraw(object);
}
