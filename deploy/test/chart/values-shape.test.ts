import { readFileSync } from 'node:fs';
import type { RestClient } from '@egressip-ipam/kube';
import { findEnvtestAssets, startEnvtest, type Envtest } from '@egressip-ipam/sandbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRealServer, unless } from '../../../tools/testing/unless.ts';
import { chartFolder, deployPath } from '../../src/paths.ts';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
}

const values = JSON.parse(readFileSync(deployPath(`${chartFolder}/values.schema.json`), 'utf8')) as Schema & {
  readonly definitions: Readonly<Record<string, Schema>>;
};

/** What the values hold of Kubernetes' own, by where it stands, and the type of the API. */
const borrowed: readonly (readonly [path: string, group: string, type: string])[] = [
  ['affinity', 'core', 'Affinity'],
  ['tolerations[]', 'core', 'Toleration'],
  ['agent.tolerations[]', 'core', 'Toleration'],
  ['topologySpreadConstraints[]', 'core', 'TopologySpreadConstraint'],
  ['podSecurityContext', 'core', 'PodSecurityContext'],
  ['securityContext', 'core', 'SecurityContext'],
  ['env[]', 'core', 'EnvVar'],
  ['extraVolumes[]', 'core', 'Volume'],
  ['extraVolumeMounts[]', 'core', 'VolumeMount'],
  ['imagePullSecrets[]', 'core', 'LocalObjectReference'],
  ['networkPolicy.metricsFrom[]', 'networking', 'NetworkPolicyPeer'],
  ['networkPolicy.egress[]', 'networking', 'NetworkPolicyEgressRule'],
  ['metrics.readers[]', 'rbac', 'Subject'],
];

describe(
  "what the chart's values hold of Kubernetes' own",
  unless(findEnvtestAssets() === undefined, noRealServer),
  () => {
    let server: Envtest;
    let rest: RestClient;
    let served: Readonly<Record<string, Schema>>;

    beforeAll(async () => {
      server = await startEnvtest();
      rest = server.client();
      const documents = await Promise.all(
        ['api/v1', 'apis/networking.k8s.io/v1', 'apis/rbac.authorization.k8s.io/v1'].map((path) =>
          rest.request('GET', `/openapi/v3/${path}`),
        ),
      );
      served = Object.assign(
        {},
        ...documents.map(
          (document) =>
            (document as { readonly components: { readonly schemas: Readonly<Record<string, Schema>> } }).components
              .schemas,
        ),
      ) as typeof served;
    }, 120_000);
    afterAll(async () => {
      rest?.close();
      await server?.stop();
    });

    it.each(borrowed)('%s has the fields that the API server knows: %s %s', (path, group, type) => {
      const [, theirs] = Object.entries(served).find(([name]) => name.endsWith(`.${group}.v1.${type}`)) ?? [];
      if (theirs === undefined) throw new Error(`the API server has no ${type}`);
      expect(differences(at(path), theirs, path)).toEqual([]);
    });

    /** What one side knows and the other does not, or asks for, from here downwards. */
    function differences(written: Schema, theirs: Schema, path: string): readonly string[] {
      const [ours, api] = [resolve(written, values.definitions), resolve(theirs, served)];
      const isOpen = ours.properties === undefined && ours.items === undefined && ours.enum === undefined;
      if (isOpen) return [];
      const [own, known] = [Object.keys(ours.properties ?? {}), Object.keys(api.properties ?? {})];
      return [
        ...known.filter((name) => !own.includes(name)).map((name) => `${path}.${name} would be refused`),
        ...own.filter((name) => !known.includes(name)).map((name) => `${path}.${name} is none of the API's`),
        ...(api.required ?? [])
          .filter((name) => !(ours.required ?? []).includes(name))
          .map((name) => `${path}.${name} may be left out`),
        ...(api.enum ?? [])
          .filter((word) => ours.enum?.includes(word) === false)
          .map((word) => `${path}: ${word} would be refused`),
        ...own.flatMap((name) => {
          const [mine, its] = [ours.properties?.[name], api.properties?.[name]];
          return mine === undefined || its === undefined ? [] : differences(mine, its, `${path}.${name}`);
        }),
        ...(ours.items === undefined ? [] : differences(ours.items, api.items ?? {}, `${path}[]`)),
      ];
    }
  },
);

/** The schema of a value, by its path. */
function at(path: string): Schema {
  let schema: Schema = values;
  for (const part of path.split('.')) {
    schema = resolve(schema, values.definitions).properties?.[part.replace('[]', '')] ?? {};
    if (part.endsWith('[]')) schema = resolve(schema, values.definitions).items ?? {};
  }
  return schema;
}

/** A schema itself, where another names it. */
function resolve(schema: Schema, named: Readonly<Record<string, Schema>>): Schema {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference === undefined) return schema;
  const target = named[reference.split('/').at(-1) ?? ''];
  if (target === undefined) throw new Error(`there is no ${reference}`);
  return resolve(target, named);
}
