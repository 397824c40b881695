import {
  isReadBy,
  isSeenIn,
  type LookSubjects,
  type ProviderDescription,
  type ProviderObservation,
} from '@egressip-ipam/core';
import { describeError } from '../provider/contained-provider.ts';
import { failedLook } from '../provider/failed-look.ts';
import { parseObservation } from '../provider/parse-answers.ts';
import { usualNamespace } from '../provider/usual-namespace.ts';
import { kindReader } from './known-documents.ts';
import { ObjectList } from './object-list.ts';
import type { InputProblem, ReadDocuments, SourceObject } from './read-documents.ts';

/** Documents in which the platform of a provider stands, where it does. */
export class PlatformObjects {
  readonly #provider: ProviderDescription;
  readonly #sources = new Map<string, SourceObject[]>();

  /** @param operatorNamespace where the operator is; by default where it usually is */
  constructor({ objects }: ReadDocuments, provider: ProviderDescription, operatorNamespace = usualNamespace) {
    this.#provider = provider;
    const kinds = provider.fromObjects?.kinds ?? [];
    if (kinds.length === 0) return;
    const kindOf = kindReader(kinds.map(({ resource }) => resource));
    for (const source of objects) {
      const found = kindOf(source.object);
      const kind = kinds.find(({ resource }) => resource === found);
      if (kind === undefined || !isReadBy(kind, source.object, operatorNamespace)) continue;
      const known = this.#sources.get(kind.resource.kind);
      if (known === undefined) this.#sources.set(kind.resource.kind, [source]);
      else known.push(source);
    }
  }

  /** Whether they are all that the provider would need to look. */
  get isThere(): boolean {
    return isSeenIn(this.#provider, (kind) => this.#of(kind).map(({ object }) => object));
  }

  /**
   * What the provider sees in them; undefined where there is nothing to look at. A provider is anybody's code: its
   * answer is parsed like one of a live one.
   *
   * @param problems takes in what of the objects cannot be used
   */
  look(subjects: LookSubjects, problems: InputProblem[]): ProviderObservation | undefined {
    const { fromObjects } = this.#provider;
    if (fromObjects === undefined || !this.isThere) return undefined;
    try {
      const entries = fromObjects.kinds.map(({ resource: { kind }, read }) => {
        const list = new ObjectList(kind, read, problems);
        for (const source of this.#of(kind)) list.add(source);
        return [kind, list.entries] as const;
      });
      return parseObservation(fromObjects.observe(Object.fromEntries(entries), subjects), subjects);
    } catch (error) {
      return failedLook(subjects, describeError(error));
    }
  }

  #of(kind: string): readonly SourceObject[] {
    return this.#sources.get(kind) ?? [];
  }
}
