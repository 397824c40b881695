import type { ResourceReference } from './resource-reference.ts';

/** One write to the Kubernetes API, as data. */
export type KubernetesWrite =
  | {
      /** A merge patch (RFC 7396). */
      readonly verb: 'patch';
      readonly resource: ResourceReference;
      readonly name: string;
      readonly namespace?: string;
      readonly body: Readonly<Record<string, unknown>>;
      readonly subresource?: 'status';
      /** Whether it must name the version that was read, so that nothing newer is overwritten. */
      readonly conditional: boolean;
    }
  | {
      /** A server-side apply, forced. */
      readonly verb: 'apply';
      readonly resource: ResourceReference;
      readonly name: string;
      readonly namespace?: string;
      /** `metadata` and what is to be owned; apiVersion and kind are added. */
      readonly object: Readonly<Record<string, unknown>>;
      readonly fieldManager: string;
    }
  | {
      readonly verb: 'delete';
      readonly resource: ResourceReference;
      readonly name: string;
      readonly namespace?: string;
    };
