import { describe, expect, it } from 'vitest';
import { exploreModel, trueRules, type ModelRules } from './cluster-model.ts';
import { nextFenceStep } from './fence.ts';

const two = {
  peers: ['b'],
  rosters: [
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ],
  renewals: 1,
};
const overtaken = {
  peers: ['b'],
  rosters: [
    ['a', 'b'],
    ['a', 'b'],
  ],
  renewals: 2,
};
const three = {
  peers: ['b', 'c'],
  rosters: [
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ],
  renewals: 1,
};
const changed = {
  peers: ['b', 'c'],
  rosters: [
    ['a', 'b'],
    ['a', 'c'],
    ['a', 'c'],
  ],
  renewals: 1,
};

const shortened = { ...two, formerTerm: 4 };
const forgotten = { ...shortened, isForgotten: true };

describe('two nodes never hold one address, over all interleavings', () => {
  it.each([
    ['of two agents', two],
    ['of two agents, with renewals that were given up and arrive nevertheless', overtaken],
    ['of three agents', three],
    ['of agents that change', changed],
    ['of an agent that was started anew with a shorter term', shortened],
    ['of one that knows nothing of its former life but the Lease', forgotten],
  ])(
    '%s',
    (_, bounds) => {
      const { states, violation } = exploreModel(bounds, trueRules);
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(1_000);
    },
    120_000,
  );
});

describe('the model finds what is wrong with rules that', () => {
  const fenceWith = (
    change: (...parameters: Parameters<typeof nextFenceStep>) => ReturnType<typeof nextFenceStep>,
  ) => ({ ...trueRules, nextFenceStep: change });

  it('move as soon as the term is over, whatever the others say', () => {
    const rules = fenceWith((target, others, roster, now, timings) => {
      const isOver = now >= target.renewedAt + timings.term;
      return isOver && target.isHeld ? { kind: 'mark' } : nextFenceStep(target, others, roster, now, timings);
    });
    expect(exploreModel(two, rules).violation).toBeDefined();
  });

  it('do not wait for answers that were given before', () => {
    const rules = fenceWith((target, others, roster, now, timings) =>
      nextFenceStep(target, others, roster, now, { ...timings, window: 0 }),
    );
    expect(exploreModel(two, rules).violation).toBeDefined();
  });

  it('move before the term is over', () => {
    const rules = fenceWith((target, others, roster, now, timings) =>
      nextFenceStep(target, others, roster, now, { ...timings, term: 1, window: 0 }),
    );
    expect(exploreModel(two, rules).violation).toBeDefined();
  });

  it('tell a term that is shorter than what a former life left in the kernel', () => {
    const rules = { ...trueRules, termToTell: () => trueRules.timings.term };
    expect(exploreModel(shortened, rules).violation).toBeDefined();
  });

  it('tell the term of this life alone where nothing is known of the former but its Lease', () => {
    const rules: ModelRules = {
      ...trueRules,
      termToTell: (hold, now, timings) => trueRules.termToTell(hold, now, timings, now),
    };
    expect(exploreModel(forgotten, rules).violation).toBeDefined();
  });

  it('let a peer write that it acknowledges before it keeps that in mind', () => {
    expect(exploreModel(two, { ...trueRules, promisesFirst: false }).violation).toBeDefined();
  });

  it('count by the last renewal alone, though its answer may have been lost', () => {
    const rules = fenceWith((target, ...rest) =>
      nextFenceStep({ ...target, counts: [Math.max(...target.counts)] }, ...rest),
    );
    expect(exploreModel(changed, rules).violation).toBeDefined();
  }, 120_000);
});
