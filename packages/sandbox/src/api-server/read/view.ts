import type { ApiObject } from '../api-object.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { groupVersion } from '../resources/resource-definition.ts';

/** A stored object in the version it is asked for: with conversion `None`, only its apiVersion tells them apart. */
export function viewIn(resource: ResourceDefinition, object: ApiObject): ApiObject {
  const apiVersion = groupVersion(resource);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}
