import type { Finding } from './finding.ts';

/** What reading a Kubernetes object gave: the value where the object is of any use, and what is wrong in it. */
export type Read<Value> =
  | { readonly ok: true; readonly value: Value; readonly problems: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly Finding[] };
