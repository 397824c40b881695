import { expect, it } from 'vitest';
import { parseAddresses } from '../parse/parse-lists.ts';
import type { EgressIPAMSnapshot } from '../snapshot/snapshot.ts';
import { aNode, anEgressIPAM } from '../testing/builders.ts';
import { groundwork } from '../testing/groundwork.ts';
import { changesObstacle } from './changes-obstacle.ts';
import { takeCooling } from './cool-down.ts';
import { GoingBack } from './going-back.ts';
import type { Obstacle } from './readiness.ts';

/** Of namespace `shop`, which gave back so many addresses a minute ago, and asks for these. */
function obstacle(
  gaveBack: number,
  asked: readonly string[],
  pool: Partial<EgressIPAMSnapshot> = {},
  stillOnNode: readonly string[] = [],
): Obstacle | undefined {
  const { snapshot, ledger, pools, hosted } = groundwork(
    {
      time: '2026-02-01T00:01:00Z',
      nodes: [aNode('n1')],
      egressIPAMs: [
        anEgressIPAM(['10.0.0.0/24=a'], {
          coolDown: '1h',
          released: Array.from({ length: gaveBack }, (_, index) => ({
            namespace: 'shop',
            addresses: [`10.0.0.${index + 1}`],
            releasedAt: '2026-02-01T00:00:00Z',
          })),
          ...pool,
        }),
      ],
    },
    {
      hosts: [
        {
          object: { kind: 'Host', name: 'n1' },
          hosted: parseAddresses(stillOnNode).map((address) => ({
            ...{ address, node: 'n1', ours: true, namespace: 'shop', state: 'shown' as const },
          })),
        },
      ],
    },
  );
  const cooling = takeCooling(snapshot, ledger);
  const unclaimed = hosted.filter(() => true);
  const goingBack = new GoingBack(snapshot, { unsettled: [], unclaimed, ledger, cooling });
  const [named] = pools.list;
  if (named === undefined) throw new Error('there is no pool');
  return changesObstacle(cooling, goingBack, 'shop', named, parseAddresses(asked));
}

it('a namespace may have four addresses of each CIDR cool down; with as many it waits with other wishes', () => {
  expect(obstacle(3, ['10.0.0.9'])).toBeUndefined();
  expect(obstacle(4, ['10.0.0.9'])).toEqual({
    code: 'TooManyChanges',
    message: expect.stringMatching(/^4 addresses of EgressIPAM pool .* cool down, and 4 are the most/) as string,
  });
  const cidrAssignments = ['10.0.0.0/24', '10.0.1.0/24'].map((CIDR) => ({ CIDR, labelValue: 'a' }));
  expect(obstacle(7, ['10.0.0.9'], { cidrAssignments })).toBeUndefined();
  expect(obstacle(8, ['10.0.0.9'], { cidrAssignments })?.code).toBe('TooManyChanges');
});

it('what it gives back only now counts, too, and what is remembered counts once', () => {
  expect(obstacle(3, ['10.0.0.9'], {}, ['10.0.0.8'])?.code).toBe('TooManyChanges');
  expect(obstacle(3, ['10.0.0.9'], {}, ['10.0.0.3'])).toBeUndefined();
});

it('it may have back what cools down for it, and all where nothing cools down', () => {
  expect(obstacle(5, ['10.0.0.2', '10.0.0.3'])).toBeUndefined();
  expect(obstacle(5, ['10.0.0.2', '10.0.0.9'])?.code).toBe('TooManyChanges');
  const five = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'];
  expect(obstacle(0, ['10.0.0.9'], {}, five)?.code).toBe('TooManyChanges');
  expect(obstacle(0, ['10.0.0.9'], { coolDown: '0s' }, five)).toBeUndefined();
});
