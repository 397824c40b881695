import { basename } from 'node:path';
import { InputError } from './input/input-problem.ts';
import { mostBytes, tooLarge } from './input/decode-text.ts';
import { main } from './main.ts';

const { stdout, stderr } = process;

// A reader that has seen enough (| head) closes the pipe: that is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const calledAs = basename(process.argv[1] ?? '');

process.exitCode = await main(process.argv.slice(2), {
  terminal: {
    out: (output) => void stdout.write(output),
    error: (output) => void stderr.write(output),
    color: stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
    ...(stdout.isTTY ? { columns: stdout.columns } : {}),
  },
  standardInput: readStandardInput,
  // kubectl runs what is named so for `kubectl egressip`.
  isPlugIn: calledAs.startsWith('kubectl-egressip'),
  // And what is named so for the words that may follow it.
  completes: calledAs.startsWith('kubectl_complete-egressip'),
});

// A plug-in may leave timers and connections behind, which would keep a process that has nothing more to do.
if (process.argv[2] === 'run' || process.argv[2] === 'agent') setTimeout(() => process.exit(), 2_000).unref();

/** All bytes of standard input, as long as they are not more than a text can hold. */
async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Taken here alone: who only looks at it has Node load what files are read by.
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new InputError(`standard input: ${tooLarge(size)}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
