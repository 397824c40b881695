import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { unless } from '../../../tools/testing/unless.ts';
import { deployPath } from '../../src/paths.ts';
import { helmTemplate } from '../../src/render/helm-template.ts';
import { findTool } from '../../src/toolbox/find-tool.ts';
import { helm4 } from '../support/helms.ts';

const kubeScore = findTool('kubeScore') ?? '';

it(
  'kube-score finds nothing but what has a reason',
  unless(
    helm4 === '' || kubeScore === '',
    'kube-score or Helm 4 is not there: node deploy/src/toolbox/install.ts (Go builds it)',
  ),
  () => {
    const exceptions = parse(readFileSync(deployPath('kube-score.yaml'), 'utf8')) as readonly {
      readonly check: string;
      readonly reason: string;
    }[];
    const enabled = { enabled: true };
    const everything = {
      openshift: true,
      agent: enabled,
      aws: enabled,
      guard: enabled,
      guardUnassigned: enabled,
      monitoring: enabled,
      networkPolicy: enabled,
      nodeProbe: enabled,
      services: enabled,
    };
    const input = [{}, everything]
      .map((values) => helmTemplate(helm4, { values: { ...values, crds: { enabled: false } } }))
      .join('---\n');
    const { stdout } = spawnSync(kubeScore, ['score', '--output-format', 'json', '-'], { input, encoding: 'utf8' });
    const objects = JSON.parse(stdout) as readonly {
      readonly checks: readonly {
        readonly check: { readonly id: string };
        readonly grade: number;
        readonly skipped: boolean;
      }[];
    }[];
    // 10 is well, 7 almost; what is below is a warning or critical.
    const found = new Set(
      objects.flatMap(({ checks }) =>
        checks.filter(({ grade, skipped }) => !skipped && grade < 10).map(({ check }) => check.id),
      ),
    );
    expect([...found].sort()).toEqual(exceptions.map(({ check }) => check).sort());
  },
);
