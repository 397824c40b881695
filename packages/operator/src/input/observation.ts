import { type ProviderObservation } from '@egressip-ipam/core';
import { isRecord } from '@egressip-ipam/core/plugin';

/**
 * Whether an object is a ProviderObservation as docs/schemas/provider-observation.schema.json says: a plan takes it as
 * it is.
 */
export function isObservation(object: unknown): object is ProviderObservation {
  return (
    isRecord(object) && isListOf(object['nodes'], isNodeObservation) && isListOf(object['cidrs'], isCidrObservation)
  );
}

function isNodeObservation(entry: unknown): boolean {
  if (!isRecord(entry) || !isText(entry['node'])) return false;
  return isError(entry['error']) || (isLimits(entry['limits']) && isListOf(entry['interfaces'], isInterface));
}

function isInterface(entry: unknown): boolean {
  return (
    isRecord(entry) &&
    isText(entry['id']) &&
    typeof entry['main'] === 'boolean' &&
    isListOf(entry['subnets'], isText) &&
    isListOf(entry['addresses'], isAttached)
  );
}

function isAttached(entry: unknown): boolean {
  return isRecord(entry) && isText(entry['address']) && typeof entry['primary'] === 'boolean';
}

function isLimits(value: unknown): boolean {
  return (
    isRecord(value) &&
    [value['ipv4'], value['ipv6'], value['total']].every((limit) => limit === undefined || typeof limit === 'number')
  );
}

function isCidrObservation(entry: unknown): boolean {
  if (!isRecord(entry) || !isText(entry['cidr'])) return false;
  return isError(entry['error']) || (isListOf(entry['inUse'], isUsed) && isListOf(entry['reserved'], isText));
}

function isUsed(entry: unknown): boolean {
  return isRecord(entry) && isText(entry['address']) && isText(entry['usedBy']);
}

function isError(value: unknown): boolean {
  return isRecord(value) && isText(value['class']) && isText(value['message']);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isListOf(value: unknown, is: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}
