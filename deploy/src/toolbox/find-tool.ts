import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { tools, type Tool, type ToolName } from './tools.ts';

/** Where programs are kept: `EGRESSIP_IPAM_TOOLS`, else a folder of the user's cache, outside of the repository. */
export function toolsFolder(): string {
  return (
    process.env['EGRESSIP_IPAM_TOOLS'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'egressip-ipam', 'tools')
  );
}

/** Where a program of this version is, or will be. */
export function toolPath(name: ToolName): string {
  const tool: Tool = tools[name];
  const program = tool.from === 'npm' ? basename(tool.entry) : basename(tool.command);
  return join(toolsFolder(), `${name}-${tool.version}`, program);
}

/** The path of a program; undefined where `node deploy/src/toolbox/install.ts` has not brought it. */
export function findTool(name: ToolName): string | undefined {
  const path = toolPath(name);
  return existsSync(path) ? path : undefined;
}
