import { providerErrorClasses } from '../../provider-contract/provider-error.ts';
import { formatAddress, parseAddress } from '../../address/address.ts';
import { parseRange } from '../../address/address-range.ts';
import { cidrContains, parseCidr } from '../../address/cidr.ts';
import { carried, check, look, readable, usedAddresses, usedElsewhere } from './actions.ts';
import { attachesNothing, onlyIf, type ConformanceCase, type ConformanceDeclaration } from './harness.ts';

/** The rules of looking. */
export function observeCases({
  attach,
  faults = [],
  foreign = true,
  usedElsewhere: isUsedElsewhere = true,
}: ConformanceDeclaration): readonly ConformanceCase[] {
  const attaching = [
    ...attachingObserveCases,
    usesWhatNodesHave,
    ...onlyIf(foreign, 'nobody else puts addresses on nodes', [showsForeign]),
    ...onlyIf(isUsedElsewhere, 'nothing is in use outside of the nodes', [showsUsedElsewhere]),
  ];
  const cases: ConformanceCase[] = [
    {
      name: 'declares its version, name, platforms and capabilities',
      async run({ provider }) {
        check(
          (provider.specificationVersion as string) === 'v1',
          `specificationVersion must be v1, not ${provider.specificationVersion}`,
        );
        check(provider.name !== '', 'the name must not be empty');
        // Kernels are on every platform: such a provider is chosen for what a network needs.
        const { types, providerIDPrefixes } = provider.platforms;
        check(
          types.length + providerIDPrefixes.length > 0 || provider.attachesTo === 'kernel',
          'a provider must serve at least one platform',
        );
        const { settlingTime = 0, keptInSubnets: { first, last } = { first: 0, last: 0 } } = provider;
        check(Number.isFinite(settlingTime) && settlingTime >= 0, `settlingTime is a time, and not ${settlingTime}`);
        check(
          [first, last].every((count) => Number.isInteger(count) && count >= 0),
          `keptInSubnets are numbers of addresses, and not ${first} and ${last}`,
        );
        check(
          provider.capabilities.attach === attach,
          `capabilities.attach is ${provider.capabilities.attach}, declared is ${attach}`,
        );
      },
    },
    {
      name: 'observes every node and CIDR asked for, once and in order',
      async run(harness) {
        const { nodes, cidrs } = await look(harness);
        const [nodeNames, cidrTexts] = [nodes.map(({ node }) => node), cidrs.map(({ cidr }) => cidr)];
        check(
          nodeNames.join() === harness.nodes.map(({ name }) => name).join(),
          `asked for nodes ${harness.nodes.map(({ name }) => name).join()}, got ${nodeNames.join()}`,
        );
        check(
          cidrTexts.join() === harness.cidrs.join(),
          `asked for CIDRs ${harness.cidrs.join()}, got ${cidrTexts.join()}`,
        );
      },
    },
    {
      name: 'observes the same twice when nothing changed',
      async run(harness) {
        const [first, second] = [JSON.stringify(await look(harness)), JSON.stringify(await look(harness))];
        check(first === second, `two looks at an unchanged platform differ:\n${first}\n${second}`);
      },
    },
    {
      name: 'what the platform keeps for itself is told as addresses or ranges of the CIDR',
      async run(harness) {
        for (const seen of (await look(harness)).cidrs) {
          check(!('error' in seen), `usage of ${seen.cidr} must be readable`);
          const cidr = parseCidr(seen.cidr)?.cidr;
          for (const text of seen.reserved) {
            const range = text.includes('/') ? undefined : parseRange(text);
            check(range !== undefined, `"${text}", reserved in ${seen.cidr}, is no address and no range FIRST-LAST`);
            check(
              cidr !== undefined && cidrContains(cidr, range.first) && cidrContains(cidr, range.last),
              `${text} is told as reserved in ${seen.cidr} and is not in there`,
            );
          }
        }
      },
    },
    {
      name: 'an aborted look rejects with the reason of the signal',
      async run({ provider, nodes, cidrs }) {
        const reason = new Error('enough');
        const caught = await provider.observe({ nodes, cidrs, signal: AbortSignal.abort(reason) }).then(
          () => undefined,
          (error: unknown) => error,
        );
        check(caught === reason, 'observe must reject with the reason of a signal that is aborted');
      },
    },
  ];
  return [
    ...cases,
    ...onlyIf(attach, attachesNothing, attaching),
    ...onlyIf(faults.includes('unreadable-node'), 'the fault unreadable-node is not declared', [unreadableNode]),
    ...onlyIf(faults.includes('unreadable-cidr'), 'the fault unreadable-cidr is not declared', [unreadableCidr]),
  ];
}

const attachingObserveCases: readonly ConformanceCase[] = [
  {
    name: 'every node has one main interface, with subnets and canonical addresses',
    async run(harness) {
      for (const observed of (await look(harness)).nodes) {
        const { main } = readable(observed, observed.node);
        check(main.subnets.length > 0, `the main interface of ${observed.node} has no subnets`);
        for (const { address } of main.addresses)
          check(isCanonical(address), `"${address}" on ${observed.node} is not the canonical text of an address`);
      }
    },
  },
  {
    name: 'an unknown node is an error of class not-found and leaves the others readable',
    async run(harness) {
      const [known] = harness.nodes;
      const { nodes } = await look({ ...harness, nodes: [{ name: 'conformance-no-such-node' }, known] });
      const [unknown, other] = nodes;
      check(
        unknown !== undefined && 'error' in unknown && unknown.error.class === 'not-found',
        'a node that does not exist must be an error of class not-found',
      );
      readable(other, known.name);
    },
  },
  {
    name: 'addresses in use lie in their CIDR, each told once, in canonical text',
    async run(harness) {
      for (const seen of (await look(harness)).cidrs) {
        check(!('error' in seen), `usage of ${seen.cidr} must be readable`);
        const cidr = parseCidr(seen.cidr)?.cidr;
        const addresses = seen.inUse.map(({ address }) => address);
        check(
          new Set(addresses).size === addresses.length,
          `an address is told twice as in use in ${seen.cidr}: ${addresses.join()}`,
        );
        for (const text of addresses) {
          check(isCanonical(text), `"${text}", in use in ${seen.cidr}, is not the canonical text of an address`);
          check(
            cidr !== undefined && cidrContains(cidr, parseAddress(text) ?? 0),
            `${text} is told as in use in ${seen.cidr} and is not in there`,
          );
        }
      }
    },
  },
];

const usesWhatNodesHave: ConformanceCase = {
  name: 'what nodes carry in a CIDR is in use in it',
  async run(harness) {
    const used = await usedAddresses(harness);
    const cidrs = harness.cidrs.flatMap((text) => parseCidr(text)?.cidr ?? []);
    for (const node of harness.nodes) {
      for (const text of await carried(harness, node)) {
        const address = parseAddress(text);
        const isInside = address !== undefined && cidrs.some((cidr) => cidrContains(cidr, address));
        check(!isInside || used.includes(text), `${text} is on ${node.name}, and not told as in use in its CIDR`);
      }
    }
  },
};

const showsForeign: ConformanceCase = {
  name: 'an address that someone else put on a node is on it, and in use in its CIDR',
  async run(harness) {
    const { foreign } = harness;
    check(
      foreign !== undefined,
      'the harness has no `foreign` address: give one, or declare `foreign: false` where nobody can put one on a node',
    );
    const { address, node } = foreign;
    check(
      (await carried(harness, node)).includes(address),
      `${address} is on ${node.name}, and the look does not say so`,
    );
    check(
      (await usedAddresses(harness)).includes(address),
      `${address} is in use, and the observation does not say so`,
    );
  },
};

const showsUsedElsewhere: ConformanceCase = {
  name: 'addresses in use by others are in use in their CIDR',
  async run(harness) {
    const address = usedElsewhere(harness);
    check(
      (await usedAddresses(harness)).includes(address),
      `${address} is in use, and the observation does not say so`,
    );
  },
};

function isCanonical(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && formatAddress(address) === text;
}

const unreadableNode: ConformanceCase = {
  name: 'a node that cannot be read is an error and leaves the others readable',
  async run(harness) {
    const [broken, healthy] = harness.nodes;
    harness.inject?.({ type: 'unreadable-node', node: broken.name });
    const { nodes } = await look(harness);
    const [first, second] = nodes;
    check(first !== undefined && 'error' in first, `node ${broken.name} cannot be read, and is shown as if it were`);
    check(providerErrorClasses.includes(first.error.class), `"${first.error.class}" is no error class`);
    readable(second, healthy.name);
  },
};

const unreadableCidr: ConformanceCase = {
  name: 'a CIDR that cannot be read is an error, never empty',
  async run(harness) {
    const [cidr] = harness.cidrs;
    harness.inject?.({ type: 'unreadable-cidr', cidr });
    const observed = (await look(harness)).cidrs.find((entry) => entry.cidr === cidr);
    check(observed !== undefined && 'error' in observed, `usage of ${cidr} cannot be read, and is shown as if it were`);
  },
};
