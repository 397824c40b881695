#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { main } from './main.ts';

const useColor = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';

process.exitCode = await main(process.argv.slice(2), {
  terminal: {
    out: (output) => void process.stdout.write(output),
    error: (output) => void process.stderr.write(output),
    color: useColor,
  },
  standardInput: () => text(process.stdin),
});
