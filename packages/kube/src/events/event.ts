import type { KubernetesObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';

/** Events of the core group. */
export const events: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

/** The object that an Event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** What is to be told. */
export interface EventInput {
  readonly object: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  /** One CamelCase word, the same for the same kind of thing. */
  readonly reason: string;
  /** A sentence for people; cut after 1024 characters. */
  readonly message: string;
}

/** Who tells it. */
export interface EventSource {
  /** E.g. the name of the operator. */
  readonly component: string;
  /** E.g. the name of the pod. */
  readonly instance: string;
}

/** A reference to an object that was read or watched. */
export function referenceTo({
  apiVersion = '',
  kind = '',
  metadata: { name, namespace, uid },
}: KubernetesObject): ObjectReference {
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  };
}

/** Events about cluster-scoped objects live in `default`, as client-go puts them. */
export function eventNamespace({ namespace }: ObjectReference): string {
  return namespace ?? 'default';
}

/** A new Event object. `times` are RFC 3339. */
export function eventObject(
  name: string,
  input: EventInput,
  count: number,
  times: { first: string; last: string },
  source: EventSource,
): KubernetesObject {
  return {
    metadata: { name, namespace: eventNamespace(input.object) },
    involvedObject: input.object,
    type: input.type,
    reason: input.reason,
    message: shorten(input.message),
    count,
    firstTimestamp: times.first,
    lastTimestamp: times.last,
    source: { component: source.component },
    reportingComponent: source.component,
    reportingInstance: source.instance,
  };
}

/** A name for a new Event, unlike all others of this process; `sequence` tells apart those of one millisecond. */
export function eventName(object: ObjectReference, epochMilliseconds: number, sequence: number): string {
  const suffix = (BigInt(epochMilliseconds) * 1_000_000n + BigInt(sequence % 1_000_000)).toString(16);
  return `${object.name.slice(0, 230).replace(/[^a-z0-9]+$/, '')}.${suffix}`;
}

/** The message, in the length that the API allows. */
export function shorten(message: string): string {
  return message.length <= 1024 ? message : `${message.slice(0, 1023)}…`;
}
