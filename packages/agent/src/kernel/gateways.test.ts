import { FakeClock } from '@egressip-ipam/kube/testing';
import { expect, it } from 'vitest';
import { Gateways, gatewaysIn } from './gateways.ts';

it('reads the gateways of default routes, of several hops and of another family, each once', () => {
  const routes = [
    { dst: 'default', gateway: '192.0.2.1', dev: 'eth0' },
    { dst: 'default', gateway: '192.0.2.1', dev: 'eth0', metric: 100 },
    { dst: 'default', nexthops: [{ gateway: '198.51.100.1' }, { via: { family: 'inet6', host: '2001:DB8::1' } }, 5] },
    { dst: 'default', gateway: 'fe80::1', dev: 'eth0' },
    { dst: 'default', dev: 'tun0' },
    null,
  ];
  expect(gatewaysIn(JSON.stringify(routes))).toEqual(['192.0.2.1', '198.51.100.1', '2001:db8::1']);
  expect(gatewaysIn('')).toEqual([]);
  expect(() => gatewaysIn('{}')).toThrow('no list');
});

it('looks again after a while, and keeps what it has seen where nothing can be read', async () => {
  const clock = new FakeClock();
  let answer: readonly string[] | undefined = ['192.0.2.1'];
  const gateways = new Gateways(
    () => (answer === undefined ? Promise.reject(new Error()) : Promise.resolve(answer)),
    clock,
  );
  expect(await gateways.current()).toEqual(['192.0.2.1']);
  answer = ['192.0.2.2'];
  expect(await gateways.current()).toEqual(['192.0.2.1']);
  await clock.advance(30_000);
  expect(await gateways.current()).toEqual(['192.0.2.2']);
  answer = undefined;
  await clock.advance(30_000);
  expect(await gateways.current()).toEqual(['192.0.2.2']);
});
