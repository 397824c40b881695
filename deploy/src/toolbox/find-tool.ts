import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  return join(toolsFolder(), `${name}-${tool.version}${sourceMark(tool)}`, program);
}

/** The path of the source of a command that is ours; undefined for all others. */
export function sourceOf(tool: Tool): string | undefined {
  return tool.from === 'go' && tool.source !== undefined
    ? fileURLToPath(new URL(tool.source, import.meta.url))
    : undefined;
}

/** What is built of another source is another program. */
function sourceMark(tool: Tool): string {
  const source = sourceOf(tool);
  return source === undefined ? '' : `-${createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 8)}`;
}

/** The path of a program; undefined where `node deploy/src/toolbox/install.ts` has not brought it. */
export function findTool(name: ToolName): string | undefined {
  const path = toolPath(name);
  return existsSync(path) ? path : undefined;
}
