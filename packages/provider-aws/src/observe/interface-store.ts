import type { InterfaceFacts } from '../ec2/interface-facts.ts';

/** What was last seen of an interface. */
export interface SeenInterface {
  /** Absent when EC2 does not know the interface. */
  readonly facts: InterfaceFacts | undefined;
  /** When the question was asked, by the provider's clock. */
  readonly askedAt: number;
}

/** Remembers interfaces; an older answer never takes the place of a newer one. */
export interface InterfaceStore {
  get(interfaceId: string): SeenInterface | undefined;
  set(interfaceId: string, seen: SeenInterface): void;
  /** Forgets all but these. */
  retain(interfaceIds: ReadonlySet<string>): void;
}

/** Makes an empty store. */
export function createInterfaceStore(): InterfaceStore {
  const seen = new Map<string, SeenInterface>();
  return {
    get: (id) => seen.get(id),
    set(id, entry) {
      if ((seen.get(id)?.askedAt ?? -Infinity) <= entry.askedAt) seen.set(id, entry);
    },
    retain(ids) {
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    },
  };
}
