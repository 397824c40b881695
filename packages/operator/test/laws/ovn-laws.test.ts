import { createPlanner, type ClusterSnapshot, type EgressIPSnapshot, type Step } from '@egressip-ipam/core';
import { applyStep, readySteps } from '@egressip-ipam/core/testing';
import { seededRandom } from '@egressip-ipam/sandbox';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manage, takeBack } from './ovn-cluster-manager.ts';
import { begin, happen, histories, type Beginning, type Happening } from './ovn-history.ts';

const numRuns = 5 * Number(process.env['LAW_RUNS'] ?? 60);
const mostRounds = 60;

/** A cluster in which things happen, the operator's steps among them; says each time that one breaks a law. */
class History {
  snapshot: ClusterSnapshot;
  readonly broken: string[] = [];
  readonly #beginning: Beginning;
  readonly #planner = createPlanner();
  readonly #random: () => number;
  readonly #asked = new Set<string>();

  constructor(beginning: Beginning, seed: number) {
    this.#beginning = beginning;
    this.#random = seededRandom(seed);
    this.snapshot = begin(beginning);
  }

  happen(event: Happening): void {
    if (event.type === 'steps') {
      for (const choice of event.choices) {
        const ready = readySteps(this.#planner.plan(this.snapshot));
        const step = ready[choice % ready.length];
        if (step !== undefined) this.#apply(step);
      }
    } else if (event.type === 'managed') this.manage();
    else if (event.type === 'taken-back') this.snapshot = takeBack(this.snapshot);
    else this.snapshot = happen(this.snapshot, event, this.#beginning, this.#asked);
  }

  manage(): void {
    this.snapshot = manage(this.snapshot, this.#beginning.capacity, this.#random);
  }

  /** Nothing happens any more: all nodes come back, and everybody does what is left to do. */
  settle(): void {
    this.snapshot = { ...this.snapshot, nodes: this.snapshot.nodes.map((node) => ({ ...node, ready: true })) };
    for (let round = 0; round < mostRounds; round += 1) {
      const before = this.snapshot;
      for (const step of readySteps(this.#planner.plan(this.snapshot))) this.#apply(step);
      this.manage();
      this.snapshot = takeBack(this.snapshot);
      if (JSON.stringify(this.snapshot) === JSON.stringify(before)) return;
    }
  }

  plan(): ReturnType<ReturnType<typeof createPlanner>['plan']> {
    return this.#planner.plan(this.snapshot);
  }

  #apply(step: Step): void {
    const before = this.snapshot;
    this.snapshot = applyStep(before, step);
    this.broken.push(...doubled(this.snapshot), ...takenFromOthers(before, this.snapshot), ...readdressed(before, this.snapshot, this.#asked), ...touched(before, this.snapshot), ...leftWithout(before, this.snapshot));
  }
}

const allocationsOf = ({ namespaces }: ClusterSnapshot): ReadonlyMap<string, readonly string[]> => new Map(namespaces.flatMap(({ name, allocated }) => (allocated === undefined ? [] : [[name, allocated.slice(allocated.indexOf('/') + 1).split(',')] as const])));
const ours = ({ egressIPs }: ClusterSnapshot): readonly EgressIPSnapshot[] => egressIPs.filter((egressIP) => egressIP.ours);

function doubled(snapshot: ClusterSnapshot): readonly string[] {
  const twice = (list: readonly string[]): readonly string[] => list.filter((address, index) => list.indexOf(address) !== index);
  return [...twice([...allocationsOf(snapshot).values()].flat()), ...twice(ours(snapshot).flatMap(({ egressIPs }) => egressIPs))].map((address) => `law 1: two have ${address}`);
}

function takenFromOthers(before: ClusterSnapshot, after: ClusterSnapshot): readonly string[] {
  const had = allocationsOf(before);
  return [...allocationsOf(after)].flatMap(([name, addresses]) => {
    const own = before.egressIPs.filter(({ namespaceSelector }) => namespaceSelector.matchLabels?.['kubernetes.io/metadata.name'] === name).flatMap(({ egressIPs }) => egressIPs);
    const used = [...before.egressIPs.flatMap(({ egressIPs }) => egressIPs), ...before.cloudPrivateIPConfigs.map((config) => config.name)].filter((address) => !own.includes(address));
    return addresses.filter((address) => had.get(name)?.includes(address) !== true && used.includes(address)).map((address) => `law 1: ${name} gets ${address}, which is in use`);
  });
}

function readdressed(before: ClusterSnapshot, after: ClusterSnapshot, asked: ReadonlySet<string>): readonly string[] {
  const has = allocationsOf(after);
  return [...allocationsOf(before)].flatMap(([name, addresses]) => (!asked.has(name) && has.get(name) !== undefined && addresses.some((address) => has.get(name)?.includes(address) === false) ? [`law 2: ${name} had ${addresses.join()} and has ${has.get(name)?.join()}`] : []));
}

function touched(before: ClusterSnapshot, after: ClusterSnapshot): readonly string[] {
  return before.egressIPs.filter((egressIP) => !egressIP.ours && !after.egressIPs.includes(egressIP)).map(({ name }) => `law 5: EgressIP ${name}, made by hand, was touched`);
}

/** Of several addresses one stays on its node while others change, unless a node is out of order. */
function leftWithout(before: ClusterSnapshot, after: ClusterSnapshot): readonly string[] {
  if (!before.nodes.every(({ ready }) => ready)) return [];
  return ours(before).flatMap(({ name, egressIPs, assigned }) => {
    const now = after.egressIPs.find((egressIP) => egressIP.name === name);
    const isLeft = now !== undefined && egressIPs.length > 1 && assigned.length > 0 && !assigned.some(({ egressIP }) => now.egressIPs.includes(egressIP));
    return isLeft ? [`${name} carried ${assigned.map(({ egressIP }) => egressIP).join()} and is left without: ${now.egressIPs.join()}`] : [];
  });
}

function play(beginning: Beginning, events: readonly Happening[], seed: number): History {
  const history = new History(beginning, seed);
  for (const event of events) history.happen(event);
  return history;
}

describe('on OVN-Kubernetes, whatever happens and wherever the operator is interrupted', () => {
  it('laws 1, 2 and 5: no address has two owners or is taken from its owner, none changes unasked, what is made by hand stays', () => {
    fc.assert(
      fc.property(histories, ({ beginning, events, seed }) => {
        expect(play(beginning, events, seed).broken).toEqual([]);
      }),
      { numRuns },
    );
  });

  it('law 10: in the end nothing is left to be written', () => {
    fc.assert(
      fc.property(histories, ({ beginning, events, seed }) => {
        const history = play(beginning, events, seed);
        history.settle();
        expect(history.broken).toEqual([]);
        expect(history.plan().steps).toEqual([]);
      }),
      { numRuns },
    );
  });

  // OVN-Kubernetes moves nothing to make room: when a node was away, or somebody else took the room, what fits in theory may not.
  it('law 4: what was promised is carried in the end', () => {
    const calm = new Set(['added', 'opted-out', 'asked', 'managed', 'taken-back', 'steps']);
    const undisturbed = histories.map(({ beginning, events, seed }) => ({ seed, events: events.filter(({ type }) => calm.has(type)), beginning: { ...beginning, byHand: false } }));
    fc.assert(
      fc.property(undisturbed, ({ beginning, events, seed }) => {
        const history = play(beginning, events, seed);
        history.settle();
        expect(history.plan().allocations.filter(({ state }) => state !== 'Assigned')).toEqual([]);
      }),
      { numRuns },
    );
  });
});
