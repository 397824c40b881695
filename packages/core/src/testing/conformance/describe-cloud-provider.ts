import { applyCases } from './apply-cases.ts';
import { faultCases } from './fault-cases.ts';
import type { ConformanceCase, ConformanceDeclaration, ProviderHarness } from './harness.ts';
import { observeCases } from './observe-cases.ts';
import { objectsCases } from './objects-cases.ts';
import { safetyCases } from './safety-cases.ts';

/** What the suite needs of a provider's author, and of the test runner. */
export interface CloudProviderSuite extends ConformanceDeclaration {
  /** Shown as the name of the group. */
  readonly name: string;
  /** The runner's `describe` (vitest, node:test, jest, mocha …). */
  readonly describe: (name: string, body: () => void) => unknown;
  /** The runner's `it`. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  /** The runner's `it.skip`: what does not apply is named, and never passes unseen. */
  readonly skip: (name: string, body: () => void) => unknown;
  /** Makes a provider on a fresh test platform; called once per case. */
  readonly makeProvider: () => ProviderHarness | Promise<ProviderHarness>;
}

/**
 * Registers the conformance suite: a provider that passes it keeps the contract of `CloudProvider`. Cases that do not
 * apply to what is declared are named as skipped, with the reason.
 */
export function describeCloudProvider(suite: CloudProviderSuite): void {
  suite.describe(`${suite.name} keeps the provider contract`, () => {
    for (const { name, skipped, run } of conformanceCases(suite)) {
      if (skipped !== undefined) {
        suite.skip(`${name} (skipped: ${skipped})`, () => undefined);
        continue;
      }
      suite.it(name, async () => {
        const harness = await suite.makeProvider();
        try {
          await run(harness);
        } finally {
          await harness.close?.();
        }
      });
    }
  });
}

/** All cases, with those skipped that do not fit a declaration, for runners of another shape. */
export function conformanceCases(declaration: ConformanceDeclaration): readonly ConformanceCase[] {
  return [
    ...observeCases(declaration),
    ...applyCases(declaration),
    ...safetyCases(declaration),
    ...faultCases(declaration),
    ...objectsCases(declaration),
  ];
}
