import { expect, it } from 'vitest';
import { plan } from '../plan/planner.ts';
import { settle } from '../simulate/index.ts';
import { plain } from '../plain/plain-network.ts';
import { anEgressIPAM, aNamespace, aNode, aSnapshot } from '../testing/builders.ts';

it('tells what a claim gets of a new CIDR beside what it keeps, until that is written down', () => {
  const nodes = [aNode('n1', 'a'), aNode('n2', 'b')];
  const served = settle(
    aSnapshot({ nodes, egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a'])], namespaces: [aNamespace('shop')] }),
    plain,
  );
  const wider = { ...served, egressIPAMs: [anEgressIPAM(['10.0.0.0/24=a', '10.0.1.0/24=b'])] };
  const addresses = ['10.0.0.1', '10.0.1.1'];
  expect(plan(wider, plain).allocations).toMatchObject([
    { source: 'kept', addresses, added: { addresses: ['10.0.1.1'], source: 'new' } },
  ]);
  const [allocation] = plan(settle(wider, plain), plain).allocations;
  expect(allocation).toMatchObject({ source: 'kept', addresses });
  expect(allocation).not.toHaveProperty('added');
});
