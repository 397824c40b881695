import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The path of a file below `deploy`. */
export function deployPath(path = ''): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** The folder of the chart, below `deploy`. */
export const chartFolder = 'helm/egressip-ipam-operator';

/** The name of the chart, of its release in everything rendered from it, and of the namespace it is rendered for. */
export const releaseName = 'egressip-ipam-operator';
