export { main } from './main.ts';
export { exitCode } from './commands/exit-code.ts';
export type { ExitCode } from './commands/exit-code.ts';
export type { CommandContext } from './commands/context.ts';
export type { Terminal } from './output/terminal.ts';
