import type { ProviderChange, ProviderChangeResult } from '../../provider-contract/contract.ts';
import type { NodeObservation, ProviderNode, ProviderObservation } from '../../provider-contract/observation.ts';
import type { ProviderErrorClass } from '../../provider-contract/provider-error.ts';
import type { ProviderHarness } from './harness.ts';

/** Throws an Error with the message unless the condition holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** One look at everything the harness has. */
export function look({ provider, nodes, cidrs }: ProviderHarness): Promise<ProviderObservation> {
  return provider.observe({ nodes, cidrs, signal: new AbortController().signal });
}

/** Applies changes and checks the shape of the answer: one result per change, in order. */
export async function apply(
  { provider }: ProviderHarness,
  changes: readonly ProviderChange[],
): Promise<readonly ProviderChangeResult[]> {
  const results = await provider.apply({ changes, signal: new AbortController().signal });
  check(
    results.length === changes.length,
    `${changes.length} changes gave ${results.length} results; one per change is required`,
  );
  results.forEach((result, index) => {
    check(
      JSON.stringify(result.change) === JSON.stringify(changes[index]),
      `result ${index} is about ${describeChange(result.change)}; the order asked for is required`,
    );
  });
  return results;
}

/** Applies one change. */
export async function applyOne(harness: ProviderHarness, change: ProviderChange): Promise<ProviderChangeResult> {
  const [result] = await apply(harness, [change]);
  check(result !== undefined, `${describeChange(change)} gave no result`);
  return result;
}

/** Applies one change that must succeed. */
export async function mustDo(harness: ProviderHarness, change: ProviderChange): Promise<void> {
  const result = await applyOne(harness, change);
  check(
    result.outcome === 'done',
    `${describeChange(change)} must be done, but failed: ${result.outcome === 'failed' ? result.error.message : ''}`,
  );
}

/** Applies one change that must fail with a class. */
export async function mustFail(
  harness: ProviderHarness,
  change: ProviderChange,
  ...classes: readonly ProviderErrorClass[]
): Promise<void> {
  checkFailed(await applyOne(harness, change), ...classes);
}

/** Checks that a result is a failure of one of the classes. */
export function checkFailed(result: ProviderChangeResult | undefined, ...classes: readonly ProviderErrorClass[]): void {
  check(
    result?.outcome === 'failed',
    `${result === undefined ? 'a change' : describeChange(result.change)} must fail with class ${classes.join(' or ')}, but is done`,
  );
  check(
    classes.includes(result.error.class),
    `${describeChange(result.change)} must fail with class ${classes.join(' or ')}, not ${result.error.class}`,
  );
  check(result.error.message.trim() !== '', `${describeChange(result.change)} failed without a message`);
}

/** What a look found on a node's main interface. */
export async function carried(harness: ProviderHarness, node: ProviderNode): Promise<readonly string[]> {
  const { main } = readable(
    (await look(harness)).nodes.find((entry) => entry.node === node.name),
    node.name,
  );
  return main.addresses.map(({ address }) => address);
}

/** Every address that a look tells as in use. */
export async function usedAddresses(harness: ProviderHarness): Promise<readonly string[]> {
  return (await look(harness)).cidrs.flatMap((cidr) =>
    'error' in cidr ? [] : cidr.inUse.map(({ address }) => address),
  );
}

/** The harness' address that is in use outside of the nodes. */
export function usedElsewhere({ usedElsewhere: address }: ProviderHarness): string {
  check(
    address !== undefined,
    'the harness has no `usedElsewhere`: give one, or declare `usedElsewhere: false` where nothing can be',
  );
  return address;
}

/** The parts of a node that must be readable, with its one main interface. */
export function readable(observed: NodeObservation | undefined, name: string) {
  check(observed !== undefined, `node ${name} was asked for and is not in the observation`);
  check(!('error' in observed), `node ${name} must be readable`);
  const mains = observed.interfaces.filter(({ main }) => main);
  const [main] = mains;
  check(
    main !== undefined && mains.length === 1,
    `node ${name} has ${mains.length} main interfaces; exactly one is required`,
  );
  return { main, limits: observed.limits };
}

/** A change in words. */
export function describeChange({ type, address, node }: ProviderChange): string {
  return `${type} of ${address} (node ${node.name})`;
}
