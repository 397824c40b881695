import type { Finding } from '../finding/finding.ts';
import type { ProviderDescription } from '../provider-contract/contract.ts';
import type { ProviderObservation } from '../provider-contract/observation.ts';
import type { LookSubjects, ProviderEntry } from '../provider-contract/platform-in-objects.ts';
import type { ProviderSnapshot } from '../snapshot/snapshot.ts';
import { isReadBy, isSeenIn } from './platform-objects.ts';

/** Gathers the objects that a provider's platform stands in, and looks at them. */
export class PlatformReading {
  readonly #provider: ProviderDescription;
  readonly #operatorNamespace: string | undefined;
  readonly #objects = new Map<string, unknown[]>();

  constructor(provider: ProviderDescription, operatorNamespace: string | undefined) {
    this.#provider = provider;
    this.#operatorNamespace = operatorNamespace;
  }

  /** Takes an object in where it is of the provider's kinds. */
  take(kind: string, object: unknown): void {
    const meant = this.#provider.fromObjects?.kinds.find(({ resource }) => resource.kind === kind);
    if (meant === undefined || !isReadBy(meant, object, this.#operatorNamespace)) return;
    const known = this.#objects.get(kind);
    if (known === undefined) this.#objects.set(kind, [object]);
    else known.push(object);
  }

  /** What a snapshot says of the provider, with a look where there is anything to look at. */
  result(subjects: LookSubjects): { readonly provider: ProviderSnapshot; readonly problems: readonly Finding[] } {
    const { name, capabilities, attachesTo, isCloud, keptInSubnets } = this.#provider;
    const { observation, problems } = this.#look(subjects);
    const provider = {
      name,
      attach: capabilities.attach,
      cloud: isCloud === true || (capabilities.attach && attachesTo === undefined),
      ...(keptInSubnets === undefined ? {} : { keptInSubnets }),
      observationRequired: false,
      ...(observation === undefined ? {} : { observation }),
    };
    return { provider, problems };
  }

  #look(subjects: LookSubjects): {
    readonly observation?: ProviderObservation;
    readonly problems: readonly Finding[];
  } {
    const { fromObjects } = this.#provider;
    if (fromObjects === undefined || !isSeenIn(this.#provider, (kind) => this.#objects.get(kind) ?? []))
      return { problems: [] };
    const problems: Finding[] = [];
    const entries = fromObjects.kinds.map(({ resource: { kind }, read }) => {
      const list: ProviderEntry[] = [];
      for (const object of this.#objects.get(kind) ?? []) {
        const result = read(object);
        problems.push(...result.problems);
        if (result.ok) list.push(result.value);
      }
      return [kind, list] as const;
    });
    return { observation: fromObjects.observe(Object.fromEntries(entries), subjects), problems };
  }
}
