import { networkLaws } from './laws.ts';
import type { NetworkBackendSuite } from './suite.ts';

/**
 * Registers the laws over random histories: a back end that passes them keeps the network contract. Laws that do not
 * apply to a network are named as skipped, with the reason.
 */
export function describeNetworkBackend(suite: NetworkBackendSuite): void {
  const { name, runs = 60, describe, it, skip } = suite;
  describe(`${name} keeps the laws, over random clusters and histories`, () => {
    for (const { name: law, skipped, run } of networkLaws(suite)) {
      if (skipped === undefined) it(law, () => run(runs));
      else skip(`${law} (skipped: ${skipped})`, () => undefined);
    }
  });
}
