import { expect, it } from 'vitest';
import { readInterfaces } from '../kernel/interfaces.ts';
import { reportedInterfaces, resultsOf } from './results.ts';

it('says how often an address was put back without another text for each time', () => {
  const address = '192.0.2.101';
  const decision = { address, interface: 'eth0', isPresent: true, isRestored: true, isMoved: false };
  const facts = { left: [], refusal: '', refused: new Set<string>(), silent: [], duplicateMAC: () => undefined };
  const messages = Array.from({ length: 1_000 }, (_, index) => {
    const restored = new Map([[address, index + 1]]);
    return resultsOf([decision], { ...facts, restored }, [], '2026-01-01T00:00:00Z')[0]?.message;
  });
  expect(messages[0]).toBe('somebody else took it off the node 1 times, and it was put back');
  expect(messages.at(-1)).toBe('somebody else took it off the node 512 times or more, and it was put back');
  expect(new Set(messages).size).toBe(10);
});

it('reports what the node answers for on any interface, but no Services, no loopback, and nothing of ours', () => {
  const shown = (local: string, prefixlen: number) => ({ local, prefixlen, valid_life_time: 4_294_967_295 });
  const link = (ifname: string, flags: readonly string[], ...infos: readonly object[]) => ({
    ifname,
    ifindex: 1,
    flags,
    addr_info: infos,
  });
  const interfaces = readInterfaces(
    JSON.stringify([
      link(
        'lo',
        ['LOOPBACK', 'UP'],
        shown('127.0.0.1', 8),
        shown('127.0.0.2', 32),
        shown('::1', 128),
        shown('192.0.2.120', 32),
      ),
      link('eth0', ['UP'], shown('192.0.2.11', 24), shown('192.0.2.101', 32)),
      link('eth1', ['UP', 'NO-CARRIER'], shown('198.51.100.11', 24), shown('198.51.100.101', 32)),
      link('kube-ipvs0', [], shown('10.96.0.1', 32)),
    ]),
  );
  const own = [
    { address: '192.0.2.101', interface: 'eth0' },
    { address: '198.51.100.101', interface: 'eth1' },
  ];
  expect(reportedInterfaces(interfaces, own)).toEqual([
    { name: 'eth0', subnets: ['192.0.2.0/24'], addresses: ['192.0.2.11'] },
    { name: 'lo', subnets: [], addresses: ['192.0.2.120'] },
  ]);
});
