import { readdirSync, readFileSync } from 'node:fs';
import { chartFolder, deployPath } from '../paths.ts';
import { renderBundle } from './bundle.ts';
import { renderChartReadme } from './chart-readme.ts';
import { renderManifests, type Files } from './manifests.ts';

const definition = 'redhatcop.redhat.io_egressipams.yaml';
const agentsDefinition = 'redhatcop.redhat.io_egressnodes.yaml';

/** Folders that hold nothing but what is rendered. */
export const renderedFolders: readonly string[] = [
  `${chartFolder}/files/guard`,
  'manifests',
  'olm/manifests',
  'olm/metadata',
];

/** Everything that is made from the chart and from `crds`, by path below `deploy`. */
export function renderAll(helm: string): Files {
  return new Map([
    ...guardFiles(),
    [`${chartFolder}/files/${definition}`, readFileSync(deployPath(`crds/${definition}`), 'utf8')],
    [
      `${chartFolder}/files/${agentsDefinition}`,
      readFileSync(deployPath(`../packages/agent/crds/${agentsDefinition}`), 'utf8'),
    ],
    [`${chartFolder}/README.md`, renderChartReadme()],
    ...renderManifests(helm),
    ...renderBundle(helm),
  ]);
}

/** The tenant guard as it is in `guard`: the chart puts its ServiceAccount's name in. */
function guardFiles(): Files {
  const names = readdirSync(deployPath('guard')).filter(
    (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
  );
  return new Map(
    names.map((name) => [`${chartFolder}/files/guard/${name}`, readFileSync(deployPath(`guard/${name}`), 'utf8')]),
  );
}
