import fc from 'fast-check';
import { expect, it } from 'vitest';
import { reallocateEgressIps, type NetNamespace, type SdnNode } from './index.ts';

const cidr = fc.constantFrom('172.17.0.0/30', '172.17.0.4/30', '172.17.0.0/29');
const address = fc.integer({ min: 0, max: 9 }).map((last) => `172.17.0.${last}`);
const nodesOf = fc
  .array(
    fc.record({
      egressIPs: fc.uniqueArray(address),
      egressCIDRs: fc.uniqueArray(cidr),
      online: fc.boolean(),
      capacity: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 4 },
  )
  .map((nodes) => nodes.map((node, index): SdnNode => ({ ...node, name: `node${index}`, hostIP: '' })));
const claims = fc
  .array(fc.uniqueArray(address, { maxLength: 3 }), { maxLength: 8 })
  .map((all) => all.map((egressIPs, index): NetNamespace => ({ name: `n${index}`, egressIPs })));

it('never breaks a rule, and settles within ten rounds', () => {
  fc.assert(
    fc.property(nodesOf, claims, (initial, netNamespaces) => {
      let nodes = initial;
      for (let round = 0; ; round++) {
        const result = reallocateEgressIps(nodes, netNamespaces);
        const placed = [...result.values()].flat();
        expect(new Set(placed).size).toBe(placed.length);
        for (const { name, online, capacity } of nodes) {
          const here = result.get(name) ?? [];
          if (here.length > 0) expect(online).toBe(true);
          expect(here.length).toBeLessThanOrEqual(capacity ?? 0);
          for (const { egressIPs } of netNamespaces)
            expect(egressIPs.filter((one) => here.includes(one)).length).toBeLessThanOrEqual(1);
        }
        const next = nodes.map((node) => ({ ...node, egressIPs: result.get(node.name) ?? node.egressIPs }));
        if (JSON.stringify(next) === JSON.stringify(nodes)) return;
        expect(round).toBeLessThan(10);
        nodes = next;
      }
    }),
  );
});
