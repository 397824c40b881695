import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deployPath, readKustomization, readManifests } from '../documents.ts';
import { operatorUser } from './guarded-server.ts';

describe('the files of the guard', () => {
  const objects = readKustomization('guard');
  const policies = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');

  it('are all in the kustomization', () => {
    const files = readdirSync(deployPath('guard')).filter(
      (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
    );
    expect(objects).toEqual(expect.arrayContaining(files.flatMap((file) => [...readManifests(`guard/${file}`)])));
  });

  it('bind each policy, to deny', () => {
    const bindings = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding').map(({ spec }) => spec);
    expect(bindings).toMatchObject(
      policies.map(({ metadata }) => ({ policyName: metadata.name, validationActions: ['Deny'] })),
    );
  });

  it.each(policies.map((policy) => [policy.metadata.name, policy] as const))(
    'name the operator once in %s: whoever renders them replaces that',
    (_name, policy) => {
      const text = JSON.stringify(policy);
      expect(text.split(operatorUser)).toHaveLength(2);
      expect(text.split(operatorUser).join('')).not.toContain('serviceaccount:egressip-ipam-operator');
    },
  );
});
