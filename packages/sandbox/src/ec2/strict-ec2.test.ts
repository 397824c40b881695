import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMoto, startStrictEc2, type Ec2Node, type StrictEc2 } from './index.ts';
import { Ec2TestClient } from './testing/ec2-test-client.ts';

// moto is a Python program that `pip install 'moto[ec2,server]'` brings; it is not there everywhere.
describe.skipIf(findMoto() === undefined)('startStrictEc2', () => {
  let ec2: StrictEc2;
  let client: Ec2TestClient;
  let nodes: Ec2Node[];
  beforeAll(async () => {
    ec2 = await startStrictEc2();
    client = new Ec2TestClient(ec2.url);
    nodes = await ec2.createCluster({ zones: [{ zone: 'us-east-1a', cidr: '10.0.1.0/24', workers: 2 }] });
  });
  afterAll(() => ec2.close());

  it('moves an address in one step', async () => {
    const [a, b] = nodes.map(({ networkInterfaceId }) => networkInterfaceId) as [string, string];
    expect(await client.assign(a, ['10.0.1.20', '10.0.1.21'])).toBe('ok');
    expect(await client.assign(b, ['10.0.1.20'], { AllowReassignment: 'true' })).toBe('ok');
    expect((await ec2.networkInterface(a)).secondaryAddresses).toEqual(['10.0.1.21']);
    expect((await ec2.networkInterface(b)).secondaryAddresses).toEqual(['10.0.1.20']);
  });
});
