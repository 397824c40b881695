import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.ts';

/** How the agent's image starts Node, as its Dockerfile says. */
export function readAgentStart(): { readonly options: string; readonly flags: readonly string[] } {
  const stages = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8').split(/^FROM /m);
  const stage = stages.find((text) => / AS agent$/m.test(text)) ?? '';
  const [, options] = /NODE_OPTIONS="([^"]*)"/.exec(stage) ?? [];
  const [, entry] = /^ENTRYPOINT (.*)$/m.exec(stage) ?? [];
  if (options === undefined || entry === undefined) throw new Error('the Dockerfile does not say how an agent starts');
  const words = JSON.parse(entry) as readonly string[];
  return { options, flags: words.filter((word) => word.startsWith('--')) };
}
