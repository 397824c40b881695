export { systemClock } from './clock/clock.ts';
export { sleep } from './clock/sleep.ts';
export { staticConnection } from './connection/connection.ts';
export { inClusterConnection, isInCluster } from './connection/in-cluster.ts';
export { loadConnection } from './connection/load.ts';
export { ApiError } from './errors/api-error.ts';
export { FencedError } from './errors/fenced-error.ts';
export { reasonOf } from './errors/reason-of.ts';
export {
  isAlreadyExists,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  isOutcomeUnknown,
  isResourceVersionTooLarge,
  isTimeout,
  isTooManyRequests,
  isUnauthorized,
} from './errors/predicates.ts';
export { ToldFailures } from './errors/told-failures.ts';
export { TransportError } from './errors/transport-error.ts';
export { referenceTo } from './events/event.ts';
export { EventRecorder } from './events/event-recorder.ts';
export { renewalTime } from './lease/lease-record.ts';
export { LeaderElector, leases } from './lease/leader-elector.ts';
export { openApiDocument, servedResources } from './resource/discovery.ts';
export { isKubernetesObject, objectKey } from './object/object.ts';
export { ResourceClient } from './resource/resource-client.ts';
export { compareResourceVersions } from './object/resource-version.ts';
export { apiVersionOf, collectionPath, objectPath } from './object/resource.ts';
export { createRestClient, RestClient } from './rest/rest-client.ts';
export { serveMetrics } from './serve/serve-metrics.ts';
export { serveTexts } from './serve/text-server.ts';
export { Reflector } from './watch/reflector.ts';
export { Store } from './watch/store.ts';
export { watch } from './watch/watch-stream.ts';

export type { Clock, ClockTimer } from './clock/clock.ts';
export type { Connection, Credentials, StaticConnectionOptions, TlsOptions } from './connection/connection.ts';
export type { ApiErrorCause, ApiErrorDetails } from './errors/api-error.ts';
export type { AnswerSize, RequestOutcome, TransportErrorKind } from './errors/transport-error.ts';
export type { InClusterOptions } from './connection/in-cluster.ts';
export type { LoadConnectionOptions } from './connection/load.ts';
export type { EventInput, EventSource, ObjectReference } from './events/event.ts';
export type { EventRecorderOptions } from './events/event-recorder.ts';
export type { LeaderElectorOptions } from './lease/leader-elector.ts';
export type { ServedResource } from './resource/discovery.ts';
export type { ListPage } from './resource/list.ts';
export type { KubernetesObject, ObjectMeta } from './object/object.ts';
export type {
  CallOptions,
  DeleteOptions,
  JsonPatchOperation,
  ListOptions,
  PageOptions,
  Selection,
  WriteOptions,
} from './resource/resource-client.ts';
export type { ObjectName, Resource } from './object/resource.ts';
export type { Liveness, LivenessOptions } from './rest/liveness.ts';
export type { Method, QueryValue, RequestLabel, RequestObservation, RequestOptions } from './rest/request.ts';
export type { Fence, RestClientOptions } from './rest/rest-client.ts';
export type { Admission } from './serve/access-review.ts';
export type { CertificateSource } from './serve/certificate-source.ts';
export type { MetricsFlags, MetricsServerOptions } from './serve/serve-metrics.ts';
export type { Secured, TextAnswer, TextServer, TextSource } from './serve/text-server.ts';
export type { ReflectorHooks, ReflectorOptions } from './watch/reflector-options.ts';
export type { Projection, Replacement, StoreChange } from './watch/store.ts';
export type { Vanishing } from './watch/vanishing.ts';
export type { WatchEvent, WatchOptions } from './watch/watch-stream.ts';
