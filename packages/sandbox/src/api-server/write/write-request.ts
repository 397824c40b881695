import type { ApiObject } from '../api-object.ts';
import type { FieldManager } from '../apply/managed-fields.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { groupVersion } from '../resources/resource-definition.ts';

/** A write, once path, query and body are read. */
export interface WriteRequest {
  readonly resource: ResourceDefinition;
  /** Empty for a cluster-scoped resource. */
  readonly namespace: string;
  /** Empty for a create. */
  readonly name: string;
  readonly subresource: '' | 'status' | 'finalize';
  readonly body: unknown;
  /** The name that owns what is written. */
  readonly fieldManager: string;
  /** Whether unknown fields refuse the write (`fieldValidation=Strict`); they are dropped otherwise. */
  readonly strict: boolean;
  /** Asks the admission rules; throws what they refuse. */
  readonly admit: (
    operation: 'CREATE' | 'UPDATE' | 'DELETE',
    object: ApiObject | undefined,
    old: ApiObject | undefined,
  ) => void;
  /** Tells the client something that does not refuse the write. */
  readonly warn: (message: string) => void;
}

/** What a write answers. */
export interface WriteResult {
  readonly code: 200 | 201;
  readonly object: ApiObject;
}

/** The entry of `managedFields` that a write belongs to. */
export function fieldManagerOf(request: WriteRequest, operation: FieldManager['operation']): FieldManager {
  return {
    manager: request.fieldManager,
    operation,
    apiVersion: groupVersion(request.resource),
    ...(request.subresource && { subresource: request.subresource }),
  };
}
