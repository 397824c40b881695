import type { Plan } from '../../plan/plan-types.ts';
import { plan } from '../../plan/planner.ts';
import { applyStep, readySteps } from '../../simulate/apply-step.ts';
import type { ClusterSnapshot } from '../../snapshot/snapshot.ts';
import { placesByUs } from './cluster.ts';
import { converge, ensure, live, look } from './live.ts';
import type { Check, NetworkUnderTest } from './suite.ts';

/** A crash between any two steps loses nothing and leaks nothing. */
export function law9(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const { snapshot } = live(network, initial, happenings);
    const there = converge(network, snapshot);
    let interrupted = snapshot;
    for (let count = 0; count < 3; count += 1) {
      const [first] = readySteps(plan(interrupted, network.backend));
      if (first !== undefined) interrupted = applyStep(interrupted, first, network.backend);
    }
    const restarted = converge(network, JSON.parse(JSON.stringify(interrupted)) as ClusterSnapshot);
    // Which of two claims gets the last room may depend on whose release ended first; that as many are served may not,
    // but where the network puts addresses on interfaces that take few: what room is left depends on which it took.
    const served = ({ allocations }: Plan): readonly string[] => allocations.flatMap(({ addresses }) => addresses);
    const [once, again] = [served(there.result), served(restarted.result)];
    const isRoomOurs = placesByUs(network, snapshot) || snapshot.provider.observation === undefined;
    ensure(
      once.length === again.length || !isRoomOurs,
      `${again.join()} are served after a crash, ${once.join()} without one`,
    );
    const owned = new Set(again);
    for (const address of look(network, restarted.snapshot).ours)
      ensure(owned.has(address), `${address} is left on a node`);
    for (const node of restarted.snapshot.provider.observation?.nodes ?? []) {
      const addresses = 'error' in node ? [] : node.interfaces.flatMap((entry) => entry.addresses);
      for (const { address, primary } of addresses) {
        ensure(primary || owned.has(address), `${address} is left on the interface of ${node.node}`);
      }
    }
  };
}

/** At rest nothing is written, and on the way each object few times. */
export function law10(network: NetworkUnderTest): Check {
  return (initial, { happenings }) => {
    const { snapshot, writes } = converge(network, live(network, initial, happenings).snapshot);
    ensure(plan(snapshot, network.backend).steps.length === 0, 'something is written at rest');
    for (const [object, count] of writes) ensure(count <= 6, `${object} is written ${count} times`);
    live(network, initial, happenings, {
      stepped: (before, after) => ensure(JSON.stringify(after) !== JSON.stringify(before), 'a step changes nothing'),
    });
  };
}
