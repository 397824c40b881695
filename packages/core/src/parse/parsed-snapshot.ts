import type { Address } from '../address/address.ts';
import type { ProviderObservation } from '../provider-contract/observation.ts';
import type { ClusterSnapshot } from '../snapshot/snapshot.ts';
import { ListMemo } from './list-memo.ts';
import { parseEgressIPAM, type ParsedEgressIPAM } from './parse-egress-ipam.ts';
import { parseAddresses } from './parse-lists.ts';
import { parseNamespace, type ParsedNamespace } from './parse-namespace.ts';
import { parseNode, type ParsedNode } from './parse-node.ts';
import { parseObservation, type ParsedObservation } from './parse-observation.ts';

/** A snapshot in which every text is parsed. Lists are sorted by name. */
export interface ParsedSnapshot {
  readonly source: ClusterSnapshot;
  /** Milliseconds since 1970; undefined where the snapshot has no time. */
  readonly time: number | undefined;
  readonly egressIPAMs: readonly ParsedEgressIPAM[];
  readonly namespaces: readonly ParsedNamespace[];
  readonly nodes: readonly ParsedNode[];
  readonly virtualIPs: readonly Address[];
  readonly observation: ParsedObservation | undefined;
}

/** Parses snapshot after snapshot, each object once in its life. */
export class Parser {
  readonly #egressIPAMs = new ListMemo(parseEgressIPAM);
  readonly #namespaces = new ListMemo(parseNamespace);
  readonly #nodes = new ListMemo(parseNode);
  #observation: { readonly source: ProviderObservation; readonly parsed: ParsedObservation } | undefined;

  /** Parses a snapshot; nothing in it makes it throw. */
  parse(source: ClusterSnapshot): ParsedSnapshot {
    const time = source.time === undefined ? Number.NaN : Date.parse(source.time);
    return {
      source,
      time: Number.isNaN(time) ? undefined : time,
      egressIPAMs: this.#egressIPAMs.parseAll(source.egressIPAMs),
      namespaces: this.#namespaces.parseAll(source.namespaces),
      nodes: this.#nodes.parseAll(source.nodes),
      virtualIPs: parseAddresses(source.infrastructure.virtualIPs),
      observation: this.#parseObservation(source.provider.observation),
    };
  }

  #parseObservation(source: ProviderObservation | undefined): ParsedObservation | undefined {
    if (source === undefined) return undefined;
    if (this.#observation?.source !== source) this.#observation = { source, parsed: parseObservation(source) };
    return this.#observation.parsed;
  }
}
