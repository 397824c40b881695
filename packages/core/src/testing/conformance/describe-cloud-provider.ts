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
  /** Makes a provider on a fresh test platform; called once per case. */
  readonly makeProvider: () => ProviderHarness | Promise<ProviderHarness>;
}

/** Registers the conformance suite: a provider that passes it keeps the contract of `CloudProvider`. */
export function describeCloudProvider(suite: CloudProviderSuite): void {
  suite.describe(`${suite.name} keeps the provider contract`, () => {
    for (const conformanceCase of conformanceCases(suite)) {
      suite.it(conformanceCase.name, async () => {
        const harness = await suite.makeProvider();
        try {
          await conformanceCase.run(harness);
        } finally {
          await harness.close?.();
        }
      });
    }
  });
}

/** The cases that fit a declaration, for runners of another shape. */
export function conformanceCases(declaration: ConformanceDeclaration): readonly ConformanceCase[] {
  return [
    ...observeCases(declaration),
    ...applyCases(declaration),
    ...safetyCases(declaration),
    ...faultCases(declaration),
    ...objectsCases(declaration),
  ];
}
