/** The arrows of the house: imports point down. */
const ours = '^packages/';
const tests = '\\.test\\.ts$|/test/|/bench/|/testing/|\\.config\\.ts$';

const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import of ours only: ${allowed.join(', ') || 'nothing'}`,
  from: { path: `^packages/${from}/src/`, pathNot: tests },
  to: {
    path: '^packages/|^@egressip-ipam/|node_modules/@egressip-ipam/',
    pathNot: [`^packages/${from}/`, ...allowed.map((other) => `(^packages/${other}/|@egressip-ipam/${other})`)],
  },
});

export default {
  forbidden: [
    layer('core-imports-nothing-of-ours', 'core', []),
    layer('kube-knows-no-egress-ips', 'kube', []),
    layer('sandbox-imports-kube-only', 'sandbox', ['kube']),
    layer('networks-import-core-only-antrea', 'network-antrea', ['core']),
    layer('networks-import-core-only-cilium', 'network-cilium', ['core']),
    layer('providers-import-core-only-aws', 'provider-aws', ['core']),
    layer('providers-import-core-only-baremetal', 'provider-baremetal', ['core']),
    layer('providers-import-core-only-cluster-attached', 'provider-cluster-attached', ['core']),
    layer('networks-import-core-only-openshift-sdn', 'network-openshift-sdn', ['core']),
    layer('networks-import-core-only-ovn-kubernetes', 'network-ovn-kubernetes', ['core']),
    {
      name: 'plug-ins-only-in-the-list-of-what-is-built-in',
      comment: 'The operator names no network and no cloud.',
      severity: 'error',
      from: { path: '^packages/operator/src/', pathNot: [tests, '/built-in/'] },
      to: { path: '@egressip-ipam/(network|provider)-|^packages/(network|provider)-' },
    },
    layer('the-agent-is-below-its-provider', 'agent', ['core', 'kube']),
    layer('the-agent-s-provider-imports-no-network-and-no-cloud', 'provider-agent', ['agent', 'core', 'kube']),
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-depends-on-ip-address-alone',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'ip-address' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: ours, pathNot: tests },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-way-around-a-package-s-front-door',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: tests },
      to: { path: '^packages/[^/]+/src/', pathNot: '^packages/$1/' },
    },
    {
      name: 'aws-only-when-asked-for',
      comment: 'What a deployment never uses is never loaded.',
      severity: 'error',
      from: { path: '^packages/operator/src/', pathNot: tests },
      to: { path: 'provider-aws|@aws-sdk', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', 'dist'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
