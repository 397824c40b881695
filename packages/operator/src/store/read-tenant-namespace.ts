import { mostAssignments, readNamespace, type Finding, type NamespaceSnapshot } from '@egressip-ipam/core';
import { isRecord, type Read } from '@egressip-ipam/core/plugin';
import type { KubernetesObject } from '@egressip-ipam/kube';

/** The prefix of this project's annotations; of all others nothing is kept. */
const prefix = 'egressip-ipam-operator.redhat-cop.io/';
/** Characters of a Kubernetes name, which is what the annotation that names an EgressIPAM has. */
const longestName = 253;
/** Characters of an IPv6 address at its longest. */
const longestAddress = 39;
/** An EgressIPAM's name, a slash, and an address of each of its CIDR assignments with a comma between. */
const longestValue = longestName + mostAssignments * (longestAddress + 1);
/** Characters that are kept of what is longer, to be shown. */
const shown = 100;
const mostLabels = 256;

/**
 * Reads a Namespace, whose texts its tenant writes: up to 256 KiB of annotations, and labels without number. What is
 * longer than it can be of use is cut as it is read, so that no text of a tenant is kept, and said. Never throws.
 */
export function readTenantNamespace(object: KubernetesObject): Read<NamespaceSnapshot> {
  const problems: Finding[] = [];
  const say = (field: string, message: string): void =>
    void problems.push({
      code: 'InvalidObject',
      severity: 'error',
      object: { kind: 'Namespace', name: object.metadata.name },
      field,
      message,
    });
  const { annotations, labels } = object.metadata;
  const metadata = {
    ...object.metadata,
    annotations: cutAnnotations(annotations, say),
    labels: cutLabels(labels, say),
  };
  const read = readNamespace({ ...object, metadata });
  return problems.length === 0 ? read : { ...read, problems: [...read.problems, ...problems] };
}

type Say = (field: string, message: string) => void;

function cutAnnotations(annotations: unknown, say: Say): unknown {
  if (!isRecord(annotations)) return annotations;
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => {
        const longest = key === `${prefix}egressipam` ? longestName : longestValue;
        if (typeof value !== 'string' || value.length <= longest) return [key, value];
        say(
          `metadata.annotations.${key}`,
          `it has ${value.length} characters, and ${longest} are the most that are read`,
        );
        return [key, cut(value)];
      }),
  );
}

function cutLabels(labels: unknown, say: Say): unknown {
  if (!isRecord(labels)) return labels;
  const entries = Object.entries(labels);
  if (entries.length <= mostLabels) return labels;
  say('metadata.labels', `there are ${entries.length} labels, and ${mostLabels} are the most that are read`);
  return Object.fromEntries([
    ...entries.filter(([key]) => key === 'kubernetes.io/metadata.name'),
    ...entries.slice(0, mostLabels),
  ]);
}

/** Its beginning, and a sign that no address and no name has; copied, as a part of a text keeps all of it in memory. */
function cut(value: string): string {
  return `${Buffer.from(value.slice(0, shown)).toString()}…`;
}
