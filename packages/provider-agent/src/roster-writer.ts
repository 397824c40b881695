import {
  emptyRoster,
  highestNumber,
  nextRoster,
  parseRoster,
  rosterKey,
  rosterName,
  type Member,
  type Roster,
} from '@egressip-ipam/agent';
import { isAlreadyExists, isConflict, isNotFound, ResourceClient, type RestClient } from '@egressip-ipam/kube';
import { configMaps, type ClusterView } from './cluster-view.ts';

/** Writes the roster: who is counted, and questions to all. */
export class RosterWriter {
  readonly #configMaps: ResourceClient;
  readonly #namespace: string;
  readonly #view: ClusterView;
  #writing: Promise<void> | undefined;

  constructor(rest: RestClient, namespace: string, view: ClusterView) {
    this.#configMaps = new ResourceClient(rest, configMaps);
    this.#namespace = namespace;
    this.#view = view;
  }

  /**
   * Counts the agents that have Leases, by numbers that are newer than all they ever acknowledged; does nothing when it
   * is so already.
   */
  async keep(): Promise<void> {
    const { roster } = this.#view;
    const current = roster.generations.at(-1)?.members ?? [];
    if (JSON.stringify(current) !== JSON.stringify(this.#members()) || this.#seen(roster) > roster.number)
      await this.ask();
  }

  /** Writes the next number. Of several calls at a time one writes. */
  ask(): Promise<void> {
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
    return this.#writing;
  }

  async #write(): Promise<void> {
    const name = { name: rosterName, namespace: this.#namespace };
    const found = await this.#configMaps.get(name, { immediate: true }).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    const data = found?.['data'];
    const text = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[rosterKey] : undefined;
    const roster = (typeof text === 'string' ? parseRoster(text) : undefined) ?? emptyRoster;
    // Nobody counts by less than what is the least in any Lease that is held; whose was taken away, counts by nothing.
    const held = this.#view.sightings.all.filter(({ isHeld }) => isHeld);
    const least = Math.min(roster.number, ...held.flatMap(({ counts }) => counts));
    const next = {
      ...found,
      metadata: { ...found?.metadata, ...name },
      data: { [rosterKey]: JSON.stringify(nextRoster(roster, this.#members(), least, this.#seen(roster))) },
    };
    try {
      this.#view.noteRoster(
        await (found === undefined
          ? this.#configMaps.create(next)
          : this.#configMaps.replace(next, { immediate: true })),
      );
    } catch (error) {
      // Another replica wrote: its number does as well.
      if (!isConflict(error) && !isAlreadyExists(error)) throw error;
    }
  }

  /** The highest number that any agent acknowledged or counts by. */
  #seen(roster: Roster): number {
    return highestNumber(
      this.#view.sightings.all.flatMap(({ counts }) => counts),
      roster,
    );
  }

  #members(): readonly Member[] {
    return this.#view.sightings.leases.flatMap(({ node, endpoint }) =>
      endpoint === undefined ? [] : [{ node, ...endpoint }],
    );
  }
}
