// A provider for machines whose addresses stand in an inventory file that some other tool rolls out:
// { "nodes": { "node-1": { "subnets": ["10.0.0.0/24"], "primary": "10.0.0.10", "limit": 8, "addresses": [] } },
//   "usedElsewhere": { "10.0.0.200": "a printer" } }
import { cidrContains, parseAddress, parseCidr } from '@egressip-ipam/core';
import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * The entry point of every provider package. `endpoint` (--cloud-endpoint) or EGRESSIP_INVENTORY names the inventory.
 */
export function createProvider({ endpoint = process.env.EGRESSIP_INVENTORY }) {
  if (endpoint === undefined)
    throw new Error('provider static: name the inventory file by --cloud-endpoint or EGRESSIP_INVENTORY');
  let last = Promise.resolve();
  // One change after the other, each on what the one before left.
  const inTurn = (work) => (last = last.then(work, work));
  return {
    specificationVersion: 'v1',
    name: 'static',
    platforms: { types: [], providerIDPrefixes: ['static://'] },
    capabilities: { attach: true },
    async observe({ nodes, cidrs, signal }) {
      signal.throwIfAborted();
      const inventory = await read(endpoint);
      return {
        nodes: nodes.map(({ name }) => observeNode(inventory, name)),
        cidrs: cidrs.map((cidr) => observeCidr(inventory, cidr)),
      };
    },
    apply: ({ changes, signal }) =>
      inTurn(async () => {
        const inventory = await read(endpoint);
        const results = changes.map((change) => {
          const error = signal.aborted
            ? failure('unknown', `${change.type} of ${change.address} was cut short; look again`)
            : carryOut(inventory, change);
          return error === undefined ? { change, outcome: 'done' } : { change, outcome: 'failed', error };
        });
        // Renaming is one step: a crash leaves the inventory as it was before, or as it is after.
        await writeFile(`${endpoint}.new`, `${JSON.stringify(inventory, null, 2)}\n`);
        await rename(`${endpoint}.new`, endpoint);
        return results;
      }),
  };
}

const read = async (file) => JSON.parse(await readFile(file, 'utf8'));
const failure = (errorClass, message) => ({ class: errorClass, message });
const notFound = (name) => failure('not-found', `node ${name} is not in the inventory; add it there`);
const isIn = (subnet, address) => cidrContains(parseCidr(subnet).cidr, parseAddress(address));
const familyOf = (address) => (address.includes(':') ? 6 : 4);

function observeNode({ nodes }, name) {
  const node = nodes[name];
  if (node === undefined) return { node: name, error: notFound(name) };
  const addresses = [
    { address: node.primary, primary: true },
    ...[...node.addresses].sort().map((address) => ({ address, primary: false })),
  ];
  return {
    node: name,
    interfaces: [{ id: `interface of ${name}`, main: true, subnets: node.subnets, addresses }],
    limits: { ipv4: node.limit },
  };
}

function observeCidr({ nodes, usedElsewhere }, cidr) {
  const onNodes = Object.entries(nodes).flatMap(([name, node]) =>
    [node.primary, ...node.addresses].map((address) => ({ address, usedBy: `node ${name}` })),
  );
  const elsewhere = Object.entries(usedElsewhere).map(([address, usedBy]) => ({ address, usedBy }));
  const inUse = [...onNodes, ...elsewhere].filter(({ address }) => isIn(cidr, address));
  return { cidr, inUse: inUse.sort((a, b) => (a.address < b.address ? -1 : 1)), reserved: [] };
}

/** Carries out one change in the inventory; returns what stands against it. */
function carryOut({ nodes, usedElsewhere }, { type, address, node: { name }, from }) {
  const node = nodes[name];
  if (node === undefined) return notFound(name);
  if (node.primary === address)
    return failure('permanent', `${address} is the primary address of ${name} and stays there`);
  if (type === 'detach') {
    node.addresses = node.addresses.filter((entry) => entry !== address);
    return undefined;
  }
  if (node.addresses.includes(address)) return undefined;
  if (!node.subnets.some((subnet) => isIn(subnet, address)))
    return failure('permanent', `${address} is in no subnet of ${name} (${node.subnets.join(', ')})`);
  const carried = [node.primary, ...node.addresses].filter((entry) => familyOf(entry) === familyOf(address)).length;
  if (familyOf(address) === 4 && carried >= node.limit)
    return failure('capacity', `${name} carries ${carried} of ${node.limit} addresses; ${address} has no room there`);
  const holder = Object.entries(nodes).find(
    ([, other]) => other.primary === address || other.addresses.includes(address),
  );
  const mayTake = holder === undefined || (type === 'move' && holder[0] === from.name && holder[1].primary !== address);
  if (!mayTake || address in usedElsewhere)
    return failure('conflict', `${address} is in use by ${holder?.[0] ?? usedElsewhere[address]}; choose another`);
  if (holder !== undefined) holder[1].addresses = holder[1].addresses.filter((entry) => entry !== address);
  node.addresses.push(address);
  return undefined;
}
