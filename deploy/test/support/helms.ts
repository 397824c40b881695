import { findTool } from '../../src/toolbox/find-tool.ts';

/** Both majors of Helm, as far as they are here: `node deploy/src/toolbox/install.ts` brings them. */
export const helms = (['helm4', 'helm3'] as const).map((name) => ({ name, helm: findTool(name) ?? '' }));

/** The Helm that golden files are rendered by. */
export const [{ helm: helm4 } = { helm: '' }] = helms;

/** Reasons to skip, for whoever wonders. */
export const noHelm = 'Helm is not there in both majors: node deploy/src/toolbox/install.ts';
export const noKubectl = 'kubectl is not there: node deploy/src/toolbox/install.ts kubectl';
