// Builds promtool, Prometheus' checker of rules, from its Go module into the user's cache, and prints where it is.
// Service discovery is left out: it is most of the code, and no rule needs it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const version = 'v0.307.3';
const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'egressip-ipam', `promtool-${version}`);
const program = join(folder, 'promtool');

if (!existsSync(program)) {
  const { Dir } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', `github.com/prometheus/prometheus@${version}`], {
      encoding: 'utf8',
    }),
  );
  const tree = mkdtempSync(join(tmpdir(), 'promtool-'));
  cpSync(Dir, tree, { recursive: true });
  execFileSync('chmod', ['-R', 'u+w', tree]);
  writeFileSync(join(tree, 'plugins/plugins.go'), 'package plugins\n');
  mkdirSync(folder, { recursive: true });
  execFileSync('go', ['build', '-o', program, './cmd/promtool'], {
    cwd: tree,
    stdio: 'inherit',
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  rmSync(tree, { recursive: true });
}
console.log(program);
