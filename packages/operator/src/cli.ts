#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { main } from './main.ts';

const { stdout, stderr, stdin } = process;

// A reader that has seen enough (| head) closes the pipe: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  terminal: {
    out: (output) => void stdout.write(output),
    error: (output) => void stderr.write(output),
    color: stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
    ...(stdout.isTTY ? { columns: stdout.columns } : {}),
  },
  standardInput: () => text(stdin),
});

// A plug-in may leave timers and connections behind, which would keep a process that has nothing more to do.
if (process.argv[2] === 'run') setTimeout(() => process.exit(), 2_000).unref();
