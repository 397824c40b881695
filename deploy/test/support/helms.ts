import { findTool } from '../../src/toolbox/find-tool.ts';

/** Both majors of Helm, as far as they are here: `node deploy/src/toolbox/install.ts` brings them. */
export const helms = (['helm4', 'helm3'] as const).map((name) => ({ name, helm: findTool(name) ?? '' }));

/** The Helm that golden files are rendered by. */
export const [{ helm: helm4 } = { helm: '' }] = helms;
