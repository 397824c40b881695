import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';
import './unless.ts';

const withoutReason = 'no reason is given: use unless() of tools/testing, or it is not known why';

/**
 * Tells at the end of a run what was skipped, and why: one line for each reason. A skip without a reason fails the run.
 */
export class SkipReporter implements Reporter {
  #isFiltered = false;

  onInit(vitest: Vitest): void {
    // With `-t` most tests are skipped, by whoever runs them.
    this.#isFiltered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#isFiltered) return;
    const skipped = new Map<string, { tests: number; files: Set<string> }>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        if (test.options.mode === 'run' && test.meta().skippedFor === undefined) continue;
        const reason = reasonOf(test) ?? withoutReason;
        const entry = skipped.get(reason) ?? { tests: 0, files: new Set() };
        skipped.set(reason, { tests: entry.tests + 1, files: entry.files.add(module.relativeModuleId) });
      }
    }
    for (const [reason, { tests, files }] of skipped)
      process.stdout.write(
        `Skipped: ${count(tests, 'test')} in ${count(files.size, 'file')}: ${reason}${reason === withoutReason ? ` (${[...files].join(', ')})` : ''}\n`,
      );
    if (skipped.has(withoutReason)) process.exitCode = 1;
  }
}

/** Suites that know why only when they have looked, and those that others use, too, put it into their name. */
const saidInName = (task: TestCase | TestSuite | TestModule): string | undefined =>
  task.type !== 'module' ? /\(skipped: (.*)\)$/.exec(task.name)?.[1] : undefined;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function reasonOf(task: TestCase | TestSuite | TestModule): string | undefined {
  return task.meta().skippedFor ?? saidInName(task) ?? (task.type === 'module' ? undefined : reasonOf(task.parent));
}
