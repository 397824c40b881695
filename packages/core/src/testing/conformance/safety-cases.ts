import { cidrContains, parseCidr } from '../../address/cidr.ts';
import { parseAddress } from '../../address/address.ts';
import { apply, carried, check, look, mustDo, mustFail, readable, usedAddresses, usedElsewhere } from './actions.ts';
import { attachesNothing, onlyIf, type ConformanceCase, type ConformanceDeclaration } from './harness.ts';

/** The rules that keep what is not ours, whatever is asked for. */
export function safetyCases({
  attach,
  primaries = true,
  usedElsewhere: isUsedElsewhere = true,
}: ConformanceDeclaration): readonly ConformanceCase[] {
  return onlyIf(attach, attachesNothing, [
    ...onlyIf(primaries, 'interfaces have no primary addresses', [primaryStays]),
    ...onlyIf(isUsedElsewhere, 'nothing is in use outside of the nodes', [moveTakesNothingElsewhere]),
    ...cases,
  ]);
}

/** Addresses for documentation (RFC 5737), of which a test platform hardly has all. */
const elsewhere = ['192.0.2.77', '198.51.100.77', '203.0.113.77'];

const primaryStays: ConformanceCase = {
  name: "a node's primary address is not detached, moved or attached elsewhere",
  async run(harness) {
    const [node, other] = harness.nodes;
    const { main } = readable((await look(harness)).nodes[0], node.name);
    const primary = main.addresses.find((entry) => entry.primary)?.address;
    check(
      primary !== undefined,
      `the main interface of ${node.name} shows no primary address: declare \`primaries: false\` where none has one`,
    );
    await mustFail(harness, { type: 'detach', address: primary, node }, 'permanent');
    await mustFail(harness, { type: 'move', address: primary, from: node, node: other }, 'permanent', 'conflict');
    await mustFail(harness, { type: 'attach', address: primary, node: other }, 'permanent', 'conflict');
    const after = readable((await look(harness)).nodes[0], node.name).main;
    check(
      after.addresses.some(({ address, primary: stays }) => stays && address === primary),
      `${primary} is the primary address of ${node.name} and was taken from it`,
    );
  },
};

const cases: readonly ConformanceCase[] = [
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
    name: "an address outside of the interface's subnets fails with class permanent",
    async run(harness) {
      const [node] = harness.nodes;
      const { main } = readable((await look(harness)).nodes[0], node.name);
      const subnets = main.subnets.flatMap((text) => parseCidr(text)?.cidr ?? []);
      const address = elsewhere.find(
        (text) => !subnets.some((subnet) => cidrContains(subnet, parseAddress(text) ?? 0)),
      );
      check(address !== undefined, `the subnets of ${node.name} have ${elsewhere.join(', ')}: try smaller ones`);
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

const moveTakesNothingElsewhere: ConformanceCase = {
  name: 'a move takes an address from the node that it names, and from nobody else',
  async run(harness) {
    const [from, node] = harness.nodes;
    const address = usedElsewhere(harness);
    await mustFail(harness, { type: 'move', address, from, node }, 'conflict');
    check(
      (await usedAddresses(harness)).includes(address) && !(await carried(harness, node)).includes(address),
      `${address} was taken from somebody else by a move from ${from.name}`,
    );
  },
};
