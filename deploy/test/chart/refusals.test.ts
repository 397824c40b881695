import { describe, expect, it } from 'vitest';
import { unless } from '../../../tools/testing/unless.ts';
import type { Values } from '../../src/objects/values.ts';
import { helmTemplate } from '../../src/render/helm-template.ts';
import { helms, noHelm } from '../support/helms.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Fields of Kubernetes' own with a letter wrong, as deep as they go: where, and the name that has to be told. */
const misspelt: readonly (readonly [path: string, values: Values, name: string])[] = [
  [
    `affinity/nodeAffinity/${required}`,
    { affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [], terms: [] } } } },
    'terms',
  ],
  [
    `affinity/nodeAffinity/${preferred}/0/preference`,
    { affinity: { nodeAffinity: { [preferred]: [{ weight: 1, preference: { matchExpression: [] } }] } } },
    'matchExpression',
  ],
  [
    `affinity/podAntiAffinity/${required}/0`,
    { affinity: { podAntiAffinity: { [required]: [{ topologyKey: 'a', labelSelctor: {} }] } } },
    'labelSelctor',
  ],
  [
    `affinity/podAffinity/${preferred}/0/podAffinityTerm/labelSelector`,
    {
      affinity: {
        podAffinity: {
          [preferred]: [{ weight: 1, podAffinityTerm: { topologyKey: 'a', labelSelector: { matchLabel: {} } } }],
        },
      },
    },
    'matchLabel',
  ],
  ['tolerations/0', { tolerations: [{ key: 'a', operater: 'Exists' }] }, 'operater'],
  ['agent/tolerations/0', { agent: { tolerations: [{ key: 'a', tolerationSecond: 1 }] } }, 'tolerationSecond'],
  [
    'topologySpreadConstraints/0/labelSelector',
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'a', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { labels: {} } },
      ],
    },
    'labels',
  ],
  ['env/0/valueFrom', { env: [{ name: 'A', valueFrom: { secretRef: { name: 'a', key: 'b' } } }] }, 'secretRef'],
  [
    'env/0/valueFrom/secretKeyRef',
    { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b', optionl: true } } }] },
    'optionl',
  ],
  ['podSecurityContext', { podSecurityContext: { runAsNoRoot: true } }, 'runAsNoRoot'],
  [
    'podSecurityContext/seccompProfile',
    { podSecurityContext: { seccompProfile: { type: 'Localhost', localProfile: 'a' } } },
    'localProfile',
  ],
  ['securityContext/seLinuxOptions', { securityContext: { seLinuxOptions: { lvl: 's0' } } }, 'lvl'],
  ['securityContext/capabilities', { securityContext: { capabilities: { drops: ['ALL'] } } }, 'drops'],
  ['extraVolumes/0', { extraVolumes: [{ name: 'a', configmap: { name: 'a' } }] }, 'configmap'],
  ['extraVolumes/0/secret', { extraVolumes: [{ name: 'a', secret: { secretName: 'a', name: 'a' } }] }, 'name'],
  ['extraVolumeMounts/0', { extraVolumeMounts: [{ name: 'a', mountPath: '/a', readonly: true }] }, 'readonly'],
  [
    'monitoring/tlsConfig/ca/secret',
    { monitoring: { tlsConfig: { ca: { secret: { name: 'a', key: 'b', namespace: 'c' } } } } },
    'namespace',
  ],
  [
    'networkPolicy/metricsFrom/0/namespaceSelector',
    { networkPolicy: { metricsFrom: [{ namespaceSelector: { matchlabels: {} } }] } },
    'matchlabels',
  ],
];

describe.each(helms)('the chart, with $name', ({ helm }) => {
  describe('refuses', unless(helm === '', noHelm), () => {
    it.each([
      ['an unknown value', { replicas: 2 }, "'replicas' not allowed"],
      ['an unknown value further down', { image: { name: 'x' } }, /'?\/?image'?.*'name' not allowed/s],
      ['an unknown value of the guard', { guard: { enable: true } }, /guard'?.*'enable' not allowed/s],
      [
        'an unknown field of a security context',
        { securityContext: { readOnly: true } },
        /securityContext'?.*'readOnly' not allowed/s,
      ],
      ['an unknown field of a toleration', { tolerations: [{ kee: 'a' }] }, /tolerations\/0'?.*'kee' not allowed/s],
      [
        'an unknown affinity',
        { affinity: { nodeAffinity: { required: {} } } },
        /affinity\/nodeAffinity'?.*'required' not allowed/s,
      ],
      [
        'an unknown resource',
        { resources: { limits: { memroy: '1Gi' } } },
        /resources\/limits'?.*'memroy' not allowed/s,
      ],
      ...misspelt.map(([path, values, name]): [string, Values, RegExp] => [
        `a misspelt field, ${path}`,
        values,
        new RegExp(`${path}'?.*'${name}' not allowed`, 's'),
      ]),
      [
        'an unknown operator of a selector',
        {
          affinity: {
            nodeAffinity: {
              [required]: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Has' }] }] },
            },
          },
        },
        /matchExpressions\/0\/operator'?: value must be one of 'In'/,
      ],
      [
        'a weight that is none',
        { affinity: { podAntiAffinity: { [preferred]: [{ weight: 101, podAffinityTerm: { topologyKey: 'a' } }] } } },
        /podAntiAffinity\/preferred\w+\/0\/weight'?: maximum: got 101, want 100/,
      ],
      [
        'a term without its topology',
        { affinity: { podAntiAffinity: { [required]: [{ labelSelector: {} }] } } },
        /podAntiAffinity\/required\w+\/0'?: missing property 'topologyKey'/,
      ],
      [
        'a profile that is none',
        { podSecurityContext: { seccompProfile: { type: 'Default' } } },
        /podSecurityContext\/seccompProfile\/type'?: value must be one of 'RuntimeDefault'/,
      ],
      [
        'a user by name',
        { securityContext: { runAsUser: 'nobody' } },
        /securityContext\/runAsUser'?: got string, want integer/,
      ],
      [
        'a variable from two places',
        {
          env: [
            {
              name: 'A',
              valueFrom: { secretKeyRef: { name: 'a', key: 'b' }, configMapKeyRef: { name: 'a', key: 'b' } },
            },
          ],
        },
        /env\/0\/valueFrom'?: maxProperties: got 2, want 1/,
      ],
      [
        'a volume of two kinds',
        { extraVolumes: [{ name: 'a', emptyDir: {}, hostPath: { path: '/a' } }] },
        /extraVolumes\/0'?: maxProperties: got 3, want 2/,
      ],
      ['a quantity below nothing', { resources: { limits: { cpu: -1 } } }, /resources\/limits\/cpu.*minimum/s],
      [
        'an image with capitals',
        { image: { repository: 'quay.io/Mine/operator' } },
        /image\/repository.*'quay.io\/Mine/s,
      ],
      [
        'an image with its tag',
        { image: { repository: 'quay.io/mine/operator:1.2' } },
        /image\/repository.*operator:1\.2/s,
      ],
      ['a tag that is none', { image: { repository: 'a/b', tag: 'v1.2@sha256:0' } }, /image\/tag.*'v1.2@/s],
      [
        'a pull secret that has no such name',
        { imagePullSecrets: [{ name: 'Mine_1' }] },
        /imagePullSecrets\/0\/name.*'Mine_1'/s,
      ],
      ['a label with spaces', { podLabels: { 'a b': 'x' } }, /podLabels'?.*'a b' not allowed/s],
      [
        'a label of 64 characters',
        { commonLabels: { a: 'x'.repeat(64) } },
        /commonLabels\/a'?: 'x{64}' does not match/,
      ],
      ['an annotation with spaces', { podAnnotations: { 'a b': 'x' } }, /podAnnotations'?.*'a b' not allowed/s],
      [
        'an annotation of the account with spaces',
        { serviceAccount: { annotations: { 'a b': 'x' } } },
        /serviceAccount\/annotations'?.*'a b' not allowed/s,
      ],
      ['a label of nodes that is none', { nodeSelector: { 'a/b/c': 'x' } }, /nodeSelector'?.*'a\/b\/c' not allowed/s],
      [
        "a value of nodes' label that is none",
        { agent: { nodeSelector: { role: 'egress node' } } },
        /agent\/nodeSelector\/role'?: 'egress node' does not match/,
      ],
      ['a variable whose name is none', { env: [{ name: '1A', value: 'x' }] }, /env\/0\/name'?: '1A' does not match/],
      [
        'a toleration of everything with a value',
        { tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] },
        /tolerations\/0\/value'?: maxLength: got 1, want 0/,
      ],
      [
        'a toleration of nothing',
        { agent: { tolerations: [{ value: 'x' }] } },
        /agent\/tolerations\/0'?: missing property 'operator'/,
      ],
      [
        'a toleration for a time of what does not evict',
        { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }] },
        /tolerations\/0\/effect'?: value must be 'NoExecute'/,
      ],
      ['a flag that is none', { extraArgs: ['--nope=1'] }, /extraArgs\/0'?: '--nope=1' does not match/],
      ['a level that is none', { extraArgs: ['--log-level=all'] }, /extraArgs\/0'?: '--log-level=all' does not match/],
      [
        'a time in words',
        { agent: { extraArgs: ['--term=ten'] } },
        /agent\/extraArgs\/0'?: '--term=ten' does not match/,
      ],
      [
        'a flag of the operator for an agent',
        { agent: { extraArgs: ['--leader-elect'] } },
        /agent\/extraArgs\/0'?: '--leader-elect' does not match/,
      ],
      [
        'a port that is none',
        { networkPolicy: { egress: [{ ports: [{ port: 65536 }] }] } },
        /networkPolicy\/egress\/0\/ports\/0\/port'?: maximum: got 65,?536/,
      ],
      [
        'a volume whose name is none',
        { extraVolumeMounts: [{ name: 'My_Volume', mountPath: '/a' }] },
        /extraVolumeMounts\/0\/name'?: 'My_Volume' does not match/,
      ],
      ['a quantity that is none', { resources: { limits: { memory: '1 GB' } } }, /resources\/limits\/memory.*'1 GB'/s],
      ['an unknown field of a variable', { env: [{ name: 'A', vlue: 'b' }] }, /env\/0'?.*'vlue' not allowed/s],
      [
        'a reader of no namespace',
        { metrics: { readers: [{ kind: 'ServiceAccount', name: 'prometheus' }] } },
        /metrics\/readers\/0'?.*namespace/s,
      ],
      ['a section that is taken away', { image: null }, "missing property 'image'"],
      ['a value that is taken away', { crds: { keep: null } }, /crds'?: missing property 'keep'/],
      [
        'a name that is none',
        { fullnameOverride: 'Corporate_Egress' },
        /fullnameOverride'?: 'Corporate_Egress' does not/,
      ],
      [
        'a label by which pods are selected',
        { podLabels: { 'app.kubernetes.io/name': 'x' } },
        'podLabels: app.kubernetes.io/name is set by the chart',
      ],
      [
        'a label by which a second release is found',
        { commonLabels: { 'app.kubernetes.io/part-of': 'x' } },
        'commonLabels: app.kubernetes.io/part-of is set by the chart',
      ],
      ['a wrong type', { replicaCount: '2' }, /replicaCount'?: got string, want integer/],
      [
        'a wrong word',
        { monitoring: { monitor: 'Scrape' } },
        /monitoring\/monitor'?: value must be one of 'ServiceMonitor', 'PodMonitor', 'none'/,
      ],
      [
        'a digest that is none',
        { image: { digest: 'sha256:abc' } },
        /image\/digest'?: 'sha256:abc' does not match pattern/,
      ],
      ['a secret without a name', { imagePullSecrets: ['registry'] }, /imagePullSecrets\/0'?: got string, want object/],
      [
        'an argument that is no flag',
        { extraArgs: ['log-level=debug'] },
        /extraArgs\/0'?: 'log-level=debug' does not match pattern/,
      ],
      [
        'an interval that is none',
        { monitoring: { interval: '30' } },
        /monitoring\/interval'?: '30' does not match pattern/,
      ],
      [
        "the original's image",
        { image: { repository: 'quay.io/redhat-cop/egressip-ipam-operator', tag: 'v1.2.3' } },
        'image.repository: quay.io/redhat-cop/egressip-ipam-operator is the image of the operator before this one',
      ],
      [
        "the original's proxy",
        { kube_rbac_proxy: { image: { tag: 'v0.8.0' } } },
        'kube_rbac_proxy: there is no proxy container in this chart',
      ],
      [
        'a PodMonitor without a token',
        { monitoring: { enabled: true, monitor: 'PodMonitor' } },
        "monitoring.monitor: a PodMonitor cannot send Prometheus' own token",
      ],
      [
        'a guard without its network',
        { guardUnassigned: { enabled: true }, network: { ovnKubernetes: false } },
        'guardUnassigned.enabled: EgressFirewalls are of OVN-Kubernetes',
      ],
      [
        'a probe without its network',
        { nodeProbe: { enabled: true }, network: { openshiftSDN: false } },
        'nodeProbe.enabled: the probe is for OpenShift SDN',
      ],
      [
        'a guard on an old cluster',
        { guard: { enabled: true } },
        'guard.enabled: ValidatingAdmissionPolicies are served from Kubernetes 1.30 on, and this is v1.29.0',
        ['--kube-version', '1.29.0'],
      ],
      [
        'no ServiceAccount at all',
        { serviceAccount: { create: false } },
        'serviceAccount.name: with serviceAccount.create=false it must name',
      ],
    ])('%s', (_what, values, message, flags: readonly string[] = []) => {
      expect(() => helmTemplate(helm, { values, flags })).toThrow(message);
    });
  });
});
