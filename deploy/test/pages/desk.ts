import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../../tools/docs/code-blocks.ts';

/** A program that a script called, and what came of it. */
export interface Call {
  readonly line: string;
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Where somebody sits who does what pages say: a folder with what is in a clone, kubectl and our own program. */
export interface Desk {
  /** Where the kubeconfig has to be. */
  readonly kubeconfig: string;
  /** Does what a script says, and tells of each call of kubectl and of our program. */
  follow(script: string, how?: { readonly onlyAsks?: boolean }): Promise<readonly Call[]>;
  clear(): void;
}

const cli = join(root, 'packages/operator/src/cli.ts');

/**
 * Programs as functions of the shell, which note what comes of each call: a failure in a pipe, in a `$(…)` or in the
 * background is seen like any other. What other suites run does nothing.
 */
const programs = `
noted() {
  local call; call=$(mktemp "$CALLS/XXXXXXXX")
  command "$@" 2> "$call.error" | tee "$call.out"
  printf '%s\\n' "\${PIPESTATUS[0]}" "$*" > "$call.line"
}
kubectl() { noted kubectl "$@"; }
egressip-ipam() { [ "$1" = run ] || noted egressip-ipam "$@" --network openshift-sdn; }
npm() { egressip-ipam "\${@:3}"; }
helm() { :; }
curl() { :; }
`;

/** kubectl only looks whether it knows the command and its flags. */
const onlyAsking = `
kubectl() {
  local word words=()
  for word; do [ "$word" = -- ] && break; words+=("$word"); done
  noted kubectl "\${words[@]}" --help
}
`;

/** A desk without a cluster. */
export function sitDown(kubectl: string): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'desk-'));
  const [bin, calls] = ['bin', 'calls'].map((name) => join(folder, name)) as [string, string];
  mkdirSync(bin);
  mkdirSync(calls);
  for (const name of ['deploy', 'examples']) symlinkSync(join(root, name), join(folder, name));
  symlinkSync(kubectl, join(bin, 'kubectl'));
  for (const name of ['egressip-ipam', 'kubectl-egressip']) {
    symlinkSync(cli, join(folder, name));
    writeFileSync(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${join(folder, name)}' "$@"\n`, {
      mode: 0o755,
    });
  }
  const kubeconfig = join(folder, 'kubeconfig');
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: join(folder, 'cache'),
    CALLS: calls,
  };
  return {
    kubeconfig,
    async follow(script, { onlyAsks = false } = {}) {
      const text = `${programs}${onlyAsks ? onlyAsking : ''}${script}\nwait\n`;
      await promisify(execFile)('bash', ['-c', text], { cwd: folder, env });
      const noted = readdirSync(calls).filter((name) => name.endsWith('.line'));
      const made = noted.map((name) => {
        const read = (part: string): string => readFileSync(join(calls, name.replace(/line$/, part)), 'utf8');
        const [code, line = ''] = read('line')
          .trimEnd()
          .split(/\n(.*)/s);
        return { line, code: Number(code), out: read('out'), error: read('error') };
      });
      for (const name of readdirSync(calls)) rmSync(join(calls, name));
      return made;
    },
    clear: () => rmSync(folder, { recursive: true }),
  };
}
