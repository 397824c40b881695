import { cidrContains, parseCidr } from '../../address/cidr.ts';
import { parseAddress } from '../../address/address.ts';
import { apply, carried, check, look, mustDo, mustFail, readable } from './actions.ts';
import type { ConformanceCase, ConformanceDeclaration } from './harness.ts';

/** The rules that keep what is not ours, whatever is asked for. */
export function safetyCases({ attach }: ConformanceDeclaration): readonly ConformanceCase[] {
  return attach ? cases : [];
}

/** Addresses for documentation (RFC 5737), of which a test platform hardly has both. */
const elsewhere = ['192.0.2.77', '203.0.113.77'];

const cases: readonly ConformanceCase[] = [
  {
    name: "a node's primary address is not detached, moved or attached elsewhere",
    async run(harness) {
      const [node, other] = harness.nodes;
      const { main } = readable((await look(harness)).nodes[0], node.name);
      const primary = main.addresses.find((entry) => entry.primary)?.address;
      if (primary === undefined) return;
      await mustFail(harness, { type: 'detach', address: primary, node }, 'permanent');
      await mustFail(harness, { type: 'move', address: primary, from: node, node: other }, 'permanent', 'conflict');
      await mustFail(harness, { type: 'attach', address: primary, node: other }, 'permanent', 'conflict');
      const after = readable((await look(harness)).nodes[0], node.name).main;
      check(
        after.addresses.some(({ address, primary: stays }) => stays && address === primary),
        `${primary} is the primary address of ${node.name} and was taken from it`,
      );
    },
  },
  {
    name: 'a detach takes an address from the node that it names, and from no other',
    async run(harness) {
      const [holder, node] = harness.nodes;
      const address = harness.freeAddress(4);
      await mustDo(harness, { type: 'attach', address, node: holder });
      await mustDo(harness, { type: 'detach', address, node });
      check(
        (await carried(harness, holder)).includes(address),
        `${address} was detached from ${node.name}, and ${holder.name} lost it`,
      );
    },
  },
  {
    name: 'a move takes an address from the node that it names, and from nobody else',
    async run(harness) {
      const [from, node] = harness.nodes;
      if (harness.usedElsewhere === undefined) return;
      await mustFail(harness, { type: 'move', address: harness.usedElsewhere, from, node }, 'conflict');
      const used = (await look(harness)).cidrs.flatMap((cidr) =>
        'error' in cidr ? [] : cidr.inUse.map(({ address }) => address),
      );
      check(
        used.includes(harness.usedElsewhere) && !(await carried(harness, node)).includes(harness.usedElsewhere),
        `${harness.usedElsewhere} was taken from somebody else by a move from ${from.name}`,
      );
    },
  },
  {
    name: "an address outside of the interface's subnets fails with class permanent",
    async run(harness) {
      const [node] = harness.nodes;
      const { main } = readable((await look(harness)).nodes[0], node.name);
      const subnets = main.subnets.flatMap((text) => parseCidr(text)?.cidr ?? []);
      const address = elsewhere.find(
        (text) => !subnets.some((subnet) => cidrContains(subnet, parseAddress(text) ?? 0)),
      );
      if (address === undefined) return;
      await mustFail(harness, { type: 'attach', address, node }, 'permanent');
      check(
        !(await carried(harness, node)).includes(address),
        `${address} is in none of the subnets of ${node.name} and was attached`,
      );
    },
  },
  {
    name: 'calls at the same time lose nothing of each other',
    async run(harness) {
      const [node] = harness.nodes;
      const addresses = [harness.freeAddress(4), harness.freeAddress(4)];
      const results = await Promise.all(
        addresses.map((address) => apply(harness, [{ type: 'attach', address, node }])),
      );
      check(
        results.flat().every(({ outcome }) => outcome === 'done'),
        `attaches of ${addresses.join()} at the same time must all be done`,
      );
      const now = await carried(harness, node);
      for (const address of addresses)
        check(
          now.includes(address),
          `${address} was attached at the same time as others, and ${node.name} does not carry it`,
        );
    },
  },
];
