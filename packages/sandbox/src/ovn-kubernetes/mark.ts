import type { KubernetesObject } from '@egressip-ipam/kube';
import type { Admission } from '../api-server/index.ts';

/** The annotation that carries an EgressIP's packet mark. */
export const markAnnotation = 'k8s.ovn.org/egressip-mark';

/** The user as which OVN-Kubernetes' cluster manager runs, the only one that may set a mark. */
export const clusterManagerUser = 'system:serviceaccount:ovn-kubernetes:ovnkube-cluster-manager';

/** OVN-Kubernetes' admission rule for the mark, for the embedded API server. */
export const markAdmission: Admission = ({ group, resource, operation, user, object, oldObject }) => {
  if (group !== 'k8s.ovn.org' || resource !== 'egressips' || operation === 'DELETE') return undefined;
  const [mark, before] = [object, oldObject].map((state) => state?.metadata.annotations?.[markAnnotation]);
  const message =
    operation === 'CREATE'
      ? mark !== undefined && createMessage
      : before !== undefined
        ? mark !== before && changeMessage
        : mark !== undefined && user !== clusterManagerUser && addMessage;
  return message ? { status: 422, message } : undefined;
};

const createMessage = `${markAnnotation} must not be set on creation`;
const changeMessage = `${markAnnotation} must not be changed or removed`;
const addMessage = `only ${clusterManagerUser} may add ${markAnnotation}`;

const annotated = (state: string): string =>
  `has(${state}.metadata.annotations) && '${markAnnotation}' in ${state}.metadata.annotations`;

/** The same rule for a real API server: a ValidatingAdmissionPolicy and its binding, to be created as they are. */
export const markAdmissionPolicy: readonly KubernetesObject[] = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'egressip-mark-annotation-validation' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['k8s.ovn.org'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['egressips'],
          },
        ],
      },
      variables: [
        { name: 'marked', expression: annotated('object') },
        { name: 'wasMarked', expression: `oldObject != null && ${annotated('oldObject')}` },
      ],
      validations: [
        { expression: "request.operation != 'CREATE' || !variables.marked", message: createMessage },
        {
          expression: `!variables.wasMarked || (variables.marked && object.metadata.annotations['${markAnnotation}'] == oldObject.metadata.annotations['${markAnnotation}'])`,
          message: changeMessage,
        },
        {
          expression: `request.operation != 'UPDATE' || variables.wasMarked || !variables.marked || request.userInfo.username == '${clusterManagerUser}'`,
          message: addMessage,
        },
      ],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'egressip-mark-annotation-validation' },
    spec: { policyName: 'egressip-mark-annotation-validation', validationActions: ['Deny'] },
  },
];
