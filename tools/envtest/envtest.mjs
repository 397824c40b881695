#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Says which API server programs the tests would use; ends with 1 and how to get them where there are none. */
const programs = ['kube-apiserver', 'etcd'];
const repository = fileURLToPath(new URL('../..', import.meta.url));
const candidates = [process.env.KUBEBUILDER_ASSETS, resolve(repository, '../shared/envtest')];
const folder = candidates.find(
  (candidate) => candidate && programs.every((program) => existsSync(join(candidate, program))),
);

if (folder === undefined) {
  console.log('kube-apiserver and etcd not found: the tests against a real API server are skipped.\n');
  console.log(readFileSync(join(repository, 'tools/envtest/README.md'), 'utf8'));
  process.exitCode = 1;
} else {
  console.log(`The tests use the programs in ${folder}:`);
  for (const program of programs) {
    const { stdout, error } = spawnSync(join(folder, program), ['--version'], { encoding: 'utf8' });
    console.log(`  ${program}: ${error ? `does not run: ${error.message}` : stdout.split('\n')[0]}`);
    if (error) process.exitCode = 1;
  }
}
