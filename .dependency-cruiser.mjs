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

/**
 * The folders of a package, from the top down: each level imports of the package only what is below it, and none the
 * files beside the folders, which are its doors. A folder that stands in no level may be imported by nobody.
 */
const floors = (name, levels) =>
  levels.map((level, index) => ({
    name: `imports-point-down-in-${name}-from-${level.join('-')}`,
    severity: 'error',
    comment: `below these are: ${
      levels
        .slice(index + 1)
        .flat()
        .join(', ') || 'none'
    }`,
    from: { path: `^packages/${name}/src/(${level.join('|')})/`, pathNot: tests },
    to: {
      path: `^packages/${name}/src/`,
      pathNot: [
        `^packages/${name}/src/$1/`,
        ...levels.slice(index + 1).map((below) => `^packages/${name}/src/(${below.join('|')})/`),
      ],
    },
  }));

const networkFloors = [['render'], ['write'], ['facts'], ['kinds']];

export default {
  forbidden: [
    ...floors('core', [
      ['adopt', 'check', 'decide', 'explain', 'read', 'simulate'],
      ['plan'],
      ['plain'],
      ['render'],
      ['allocate'],
      ['claims'],
      ['place'],
      ['ledger'],
      ['parse'],
      ['network-contract'],
      ['snapshot'],
      ['provider-contract'],
      ['kubernetes'],
      ['finding'],
      ['address'],
    ]),
    ...floors('kube', [
      ['lease', 'serve', 'watch'],
      ['events'],
      ['resource'],
      ['rest'],
      ['connection'],
      ['errors'],
      ['object'],
      ['clock', 'files'],
    ]),
    ...floors('network-antrea', networkFloors),
    ...floors('network-cilium', networkFloors),
    ...floors('network-openshift-sdn', networkFloors),
    ...floors('network-ovn-kubernetes', networkFloors),
    ...floors('agent', [
      ['run'],
      ['egress-node', 'lease', 'neighbours', 'packet-filter', 'peers', 'state'],
      ['fencing', 'kernel'],
    ]),
    ...floors('operator', [
      ['program'],
      ['commands'],
      ['input', 'run', 'trial'],
      ['guard', 'probe'],
      ['executor'],
      ['provider'],
      ['store'],
      ['network'],
      ['built-in'],
      ['completion', 'log'],
      ['output'],
    ]),
    ...floors('sandbox', [
      ['networks'],
      ['antrea', 'cilium', 'cloud-network-config', 'sdn-master'],
      ['ec2', 'egress-agents', 'node-network', 'ovn-kubernetes'],
      ['stand-in'],
      ['crds'],
      ['api-server'],
      ['envtest', 'fault-proxy'],
    ]),
    ...floors('provider-aws', [
      ['apply'],
      ['observe'],
      ['instance-types'],
      ['ec2'],
      ['cluster'],
      ['calls', 'credentials'],
    ]),
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
      to: { circular: true },
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
