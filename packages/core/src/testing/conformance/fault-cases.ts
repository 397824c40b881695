import { apply, applyOne, carried, check, checkFailed, mustDo } from './actions.ts';
import {
  attachesNothing,
  onlyIf,
  type ConformanceCase,
  type ConformanceDeclaration,
  type ProviderFault,
} from './harness.ts';

/** The rules for trouble; each applies where the harness can make its fault. */
export function faultCases({ attach, faults = [] }: ConformanceDeclaration): readonly ConformanceCase[] {
  const where = (fault: ProviderFault['type'], cases: readonly ConformanceCase[]): readonly ConformanceCase[] =>
    onlyIf(faults.includes(fault), `the fault ${fault} is not declared`, cases);
  return onlyIf(attach, attachesNothing, [
    ...where('refuse', refusals),
    ...where('lose-answer', [lostAnswer]),
    ...where('stop-move', [stoppedMove]),
  ]);
}

const refusals: readonly ConformanceCase[] = [
  ...(['throttled', 'transient', 'unauthorized'] as const).map((errorClass): ConformanceCase => ({
    name: `a platform's refusal (${errorClass}) keeps its class, and later the change is done`,
    async run(harness) {
      const [node] = harness.nodes;
      const address = harness.freeAddress(4);
      harness.inject?.({ type: 'refuse', class: errorClass, address });
      const result = await applyOne(harness, { type: 'attach', address, node });
      checkFailed(result, errorClass);
      const wait = result.outcome === 'failed' ? result.error.retryAfterMilliseconds : undefined;
      check(
        wait === undefined || (Number.isFinite(wait) && wait >= 0),
        `retryAfterMilliseconds must be a time from now, not ${wait}`,
      );
      check(!(await carried(harness, node)).includes(address), `${address} was refused and is on ${node.name}`);
      await mustDo(harness, { type: 'attach', address, node });
    },
  })),
  {
    name: 'a refused change leaves the others of its call alone',
    async run(harness) {
      const [first, second] = harness.nodes;
      const [refused, accepted] = [harness.freeAddress(4), harness.freeAddress(4)];
      harness.inject?.({ type: 'refuse', class: 'transient', address: refused });
      const results = await apply(harness, [
        { type: 'attach', address: refused, node: first },
        { type: 'attach', address: accepted, node: second },
      ]);
      checkFailed(results[0], 'transient');
      check(results[1]?.outcome === 'done', `${accepted} must be attached, whatever became of ${refused}`);
    },
  },
];

const lostAnswer: ConformanceCase = {
  name: 'a change whose answer got lost is done when asked again',
  async run(harness) {
    const [node] = harness.nodes;
    const address = harness.freeAddress(4);
    harness.inject?.({ type: 'lose-answer', address });
    await applyOne(harness, { type: 'attach', address, node });
    await mustDo(harness, { type: 'attach', address, node });
    const times = (await carried(harness, node)).filter((entry) => entry === address).length;
    check(times === 1, `${address} must be on ${node.name} once, and is there ${times} times`);
  },
};

const stoppedMove: ConformanceCase = {
  name: 'a move that stopped between detach and attach is finished when asked again',
  async run(harness) {
    const [from, node] = harness.nodes;
    const address = harness.freeAddress(4);
    await mustDo(harness, { type: 'attach', address, node: from });
    harness.inject?.({ type: 'stop-move', address });
    const result = await applyOne(harness, { type: 'move', address, from, node });
    check(result.outcome === 'failed', `the move of ${address} stopped half-way and is reported as done`);
    await mustDo(harness, { type: 'move', address, from, node });
    check(
      (await carried(harness, node)).includes(address),
      `${address} must be on ${node.name} after the move was asked for again`,
    );
    check(!(await carried(harness, from)).includes(address), `${address} must not be on ${from.name} after the move`);
  },
};
