import type { ResourceCatalogue } from './resources/resource-catalogue.ts';
import type { Store } from './store.ts';

/** What the handling of a request works on. */
export interface ApiContext {
  readonly store: Store;
  readonly catalogue: ResourceCatalogue;
  /** The time as objects carry it: RFC 3339, whole seconds. */
  readonly timestamp: () => string;
  /** Called when a namespace is terminating and something in it may just have gone. */
  readonly namespaceChanged: (namespace: string) => void;
}
