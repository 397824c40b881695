import {
  apply,
  applyOne,
  carried,
  check,
  checkFailed,
  look,
  mustDo,
  mustFail,
  readable,
  usedAddresses,
  usedElsewhere,
} from './actions.ts';
import { attachesNothing, onlyIf, type ConformanceCase, type ConformanceDeclaration } from './harness.ts';

/** The rules of changing what nodes carry. */
export function applyCases({
  attach,
  families = [4],
  limited = false,
  usedElsewhere: isUsedElsewhere = true,
}: ConformanceDeclaration): readonly ConformanceCase[] {
  const changing = [
    ...([4, 6] as const).flatMap((family) =>
      onlyIf(families.includes(family), `IPv${family} is not declared`, [attachesAndDetaches(family)]),
    ),
    ...changeCases,
    ...onlyIf(isUsedElsewhere, 'nothing is in use outside of the nodes', [conflictElsewhere]),
    ...onlyIf(limited, 'no limit is declared', [capacityHonesty]),
  ];
  return [...onlyIf(!attach, 'the provider attaches', [refusesChanges]), ...onlyIf(attach, attachesNothing, changing)];
}

const refusesChanges: ConformanceCase = {
  name: 'refuses every change with class permanent',
  async run(harness) {
    const [node, from] = harness.nodes;
    const address = '192.0.2.1';
    const results = await apply(harness, [
      { type: 'attach', address, node },
      { type: 'detach', address, node },
      { type: 'move', address, from, node },
    ]);
    for (const result of results) checkFailed(result, 'permanent');
  },
};

function attachesAndDetaches(family: 4 | 6): ConformanceCase {
  return {
    name: `attaches and detaches an IPv${family} address, and the next look shows it`,
    async run(harness) {
      const [node] = harness.nodes;
      const address = harness.freeAddress(family);
      await mustDo(harness, { type: 'attach', address, node });
      const { main } = readable((await look(harness)).nodes[0], node.name);
      check(
        main.addresses.some((entry) => entry.address === address && !entry.primary),
        `${address} was attached to ${node.name} and is not among its secondary addresses`,
      );
      check((await usedAddresses(harness)).includes(address), `${address} was attached and is not in use in its CIDR`);
      await mustDo(harness, { type: 'detach', address, node });
      check(
        !(await carried(harness, node)).includes(address),
        `${address} was detached and ${node.name} still carries it`,
      );
      check(
        !(await usedAddresses(harness)).includes(address),
        `${address} was detached and is still in use in its CIDR`,
      );
    },
  };
}

const changeCases: readonly ConformanceCase[] = [
  {
    name: 'attaching what is attached is done',
    async run(harness) {
      const [node] = harness.nodes;
      const address = harness.freeAddress(4);
      await mustDo(harness, { type: 'attach', address, node });
      await mustDo(harness, { type: 'attach', address, node });
      const times = (await carried(harness, node)).filter((entry) => entry === address).length;
      check(times === 1, `${address} was attached twice and is carried ${times} times`);
    },
  },
  {
    name: 'detaching what is absent is done',
    async run(harness) {
      await mustDo(harness, { type: 'detach', address: harness.freeAddress(4), node: harness.nodes[0] });
    },
  },
  {
    name: 'a move takes the address from one node to the other, and again is done',
    async run(harness) {
      const [from, node] = harness.nodes;
      const address = harness.freeAddress(4);
      await mustDo(harness, { type: 'attach', address, node: from });
      await mustDo(harness, { type: 'move', address, from, node });
      await mustDo(harness, { type: 'move', address, from, node });
      check(!(await carried(harness, from)).includes(address), `${address} moved and ${from.name} still carries it`);
      check((await carried(harness, node)).includes(address), `${address} moved and ${node.name} does not carry it`);
    },
  },
  {
    name: 'a move of an address that is on neither node attaches it',
    async run(harness) {
      const [from, node] = harness.nodes;
      const address = harness.freeAddress(4);
      await mustDo(harness, { type: 'move', address, from, node });
      check(
        (await carried(harness, node)).includes(address),
        `${address} must be on ${node.name}: the move's detach came before a crash`,
      );
    },
  },
  {
    name: 'addresses that no change names stay',
    async run(harness) {
      const [first, second] = harness.nodes;
      const before = JSON.stringify(await look(harness));
      const address = harness.freeAddress(4);
      await mustDo(harness, { type: 'attach', address, node: first });
      await mustDo(harness, { type: 'move', address, from: first, node: second });
      await mustDo(harness, { type: 'detach', address, node: second });
      const after = JSON.stringify(await look(harness));
      check(
        before === after,
        `attach, move and detach of ${address} left something else behind or took it away:\n${before}\n${after}`,
      );
    },
  },
  {
    name: 'an address that another node carries is a conflict, and stays there',
    async run(harness) {
      const [holder, node] = harness.nodes;
      const address = harness.freeAddress(4);
      await mustDo(harness, { type: 'attach', address, node: holder });
      await mustFail(harness, { type: 'attach', address, node }, 'conflict');
      check(
        (await carried(harness, holder)).includes(address),
        `${address} was taken from ${holder.name} by an attach that did not ask for it`,
      );
    },
  },
  {
    name: 'attaching to an unknown node fails with class not-found',
    async run(harness) {
      await mustFail(
        harness,
        { type: 'attach', address: harness.freeAddress(4), node: { name: 'conformance-no-such-node' } },
        'not-found',
      );
    },
  },
  {
    name: 'a failed change leaves the others alone; results come in the order asked',
    async run(harness) {
      const [node] = harness.nodes;
      const [first, second] = [harness.freeAddress(4), harness.freeAddress(4)];
      const results = await apply(harness, [
        { type: 'attach', address: first, node },
        { type: 'attach', address: harness.freeAddress(4), node: { name: 'conformance-no-such-node' } },
        { type: 'attach', address: second, node },
      ]);
      check(
        results.map(({ outcome }) => outcome).join() === 'done,failed,done',
        `the middle change alone must fail, but results are ${results.map(({ outcome }) => outcome).join()}`,
      );
      const now = await carried(harness, node);
      check(
        now.includes(first) && now.includes(second),
        `${first} and ${second} must be on ${node.name}, which carries ${now.join()}`,
      );
    },
  },
  {
    name: 'what an aborted call did not do is reported as unknown',
    async run({ provider, nodes: [node], freeAddress }) {
      const change = { type: 'attach', address: freeAddress(4), node } as const;
      const results = await provider.apply({ changes: [change], signal: AbortSignal.abort() });
      check(results.length === 1, `1 change gave ${results.length} results; one per change is required`);
      checkFailed(results[0], 'unknown');
    },
  },
];

const conflictElsewhere: ConformanceCase = {
  name: 'an address in use outside of the nodes is a conflict',
  async run(harness) {
    await mustFail(harness, { type: 'attach', address: usedElsewhere(harness), node: harness.nodes[0] }, 'conflict');
  },
};

const capacityHonesty: ConformanceCase = {
  name: 'carries exactly as many addresses as the limits say, then fails with class capacity',
  async run(harness) {
    const [node] = harness.nodes;
    const { main, limits } = readable((await look(harness)).nodes[0], node.name);
    const { ipv4 = Infinity, total = Infinity } = limits;
    const all = main.addresses.length;
    const room = Math.min(ipv4 - main.addresses.filter(({ address }) => !address.includes(':')).length, total - all);
    check(room < Infinity, `node ${node.name} was declared limited, and tells no limit of IPv4 nor of both families`);
    check(room >= 0 && room <= 64, `node ${node.name} has room for ${room} addresses; the suite needs 0 to 64`);
    for (let count = 0; count < room; count += 1) {
      const result = await applyOne(harness, { type: 'attach', address: harness.freeAddress(4), node });
      check(
        result.outcome === 'done',
        `the limits of ${node.name} promise room for ${room} addresses, and number ${count + 1} failed`,
      );
    }
    await mustFail(harness, { type: 'attach', address: harness.freeAddress(4), node }, 'capacity');
  },
};
