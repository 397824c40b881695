import { expect, it } from 'vitest';
import { plain } from '../plain/plain-network.ts';
import { plan } from '../plan/planner.ts';
import { aNamespace, aNode, anEgressIPAM, aSnapshot } from '../testing/builders.ts';

/** A network whose objects, and nothing else, prove what namespaces have: here they are gone. */
const proving: typeof plain = {
  ...plain,
  traits: (settings, platform) => ({ ...plain.traits(settings, platform), provesAllocations: true }),
};

it.each([
  [true, 'had', ['asks', 'says']],
  [false, 'asks', ['had', 'says']],
])(
  'what is on record comes before what others ask for at a first look, %s, and never else',
  (isFirstLook, winner, others) => {
    const snapshot = aSnapshot({
      nodes: [aNode('n1')],
      egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])],
      namespaces: [
        aNamespace('asks', 0, { egressIPs: '10.0.0.9' }),
        aNamespace('had', 1, { egressIPs: '10.0.0.9', allocated: 'pool/10.0.0.9' }),
        aNamespace('says', 2, { egressIPs: '10.0.0.9', allocated: 'pool/10.0.0.9' }),
      ],
    });
    const { allocations, waiting } = plan({ ...snapshot, isFirstLook }, proving);
    expect(allocations.map(({ namespace, addresses }) => [namespace, addresses])).toEqual([[winner, ['10.0.0.9']]]);
    expect(waiting.map(({ namespace, reason }) => [namespace, reason.code])).toEqual(
      others.map((name) => [name, 'DuplicateAddress']),
    );
  },
);
