import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAgentStart } from '../../../../deploy/src/image/agent-start.ts';
import { bundleCommand } from '../../../../deploy/src/image/bundle-command.ts';

/** How to start an agent. */
export interface AgentCommand {
  readonly words: readonly string[];
  readonly environment: { readonly NODE_OPTIONS: string };
}

/**
 * The agent as its image starts it: bundled into a folder, from the sources as they are, and by Node with the flags of
 * the Dockerfile.
 */
export async function buildAgentCommand(folder: string): Promise<AgentCommand> {
  const { options, flags } = readAgentStart();
  const command = await bundleCommand(folder);
  writeFileSync(join(folder, 'package.json'), '{"version":"0.0.0","type":"module"}');
  return { words: [process.execPath, ...flags, command, 'agent'], environment: { NODE_OPTIONS: options } };
}
