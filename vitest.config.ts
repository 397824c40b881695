import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { SkipReporter } from './tools/testing/skips.ts';

/** Tests run on the sources of every package, so that no build is needed before them. */
const source = (path: string): string => fileURLToPath(new URL(`packages/${path}`, import.meta.url));

/** Where a report for programs is written, where one is wanted. */
const report = process.env['TEST_REPORT'];

/** Suites that hold what is measured against real time: beside others they would measure those. */
const alone = [
  'packages/provider-agent/test/packets/**/*.test.ts',
  'packages/operator/test/integration/cilium/**/*.test.ts',
  'packages/operator/test/packets/**/*.test.ts',
  'packages/operator/test/integration/*/scale.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      { find: '@egressip-ipam/core/testing', replacement: source('core/src/testing/index.ts') },
      { find: '@egressip-ipam/core/plugin', replacement: source('core/src/plugin.ts') },
      { find: '@egressip-ipam/agent/objects', replacement: source('agent/src/objects.ts') },
      { find: '@egressip-ipam/core/values', replacement: source('core/src/values.ts') },
      { find: '@egressip-ipam/core/simulate', replacement: source('core/src/simulate/index.ts') },
      { find: '@egressip-ipam/kube/testing', replacement: source('kube/src/testing/index.ts') },
      { find: /^@egressip-ipam\/([a-z-]+)$/, replacement: source('$1/src/index.ts') },
    ],
  },
  test: {
    reporters: [
      'default',
      new SkipReporter(),
      ...(report === undefined ? [] : [['json', { outputFile: report }] as [string, object]]),
    ],
    projects: [
      {
        extends: true,
        test: {
          name: 'suites',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
            'examples/**/*.test.ts',
            'tools/**/*.test.ts',
            'deploy/{src,test}/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...alone],
          // Suites that start servers mostly wait: two at a time take little more than half of the time, on two
          // processors too.
          maxWorkers: 2,
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    setupFiles: ['tools/testing/fixed-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
