import { describe, expect, it } from 'vitest';
import { blocksIn, blocksOf, commandsInSentences, commandsOf } from '../../../tools/docs/code-blocks.ts';
import { unless } from '../../../tools/testing/unless.ts';
import { chartFolder, deployPath } from '../../src/paths.ts';
import { runHelm } from '../../src/render/helm-template.ts';
import { helms, noHelm } from '../support/helms.ts';

/** What pages tell people to install with: the release, and the flags after the chart, with a digest in its place. */
const lines = [...blocksIn('sh'), ...commandsInSentences('helm')].flatMap(({ at, text }) =>
  commandsOf(text)
    .filter(([program, command, release]) => program === 'helm' && /^(install|upgrade)$/.test(command ?? '') && release)
    .map((words): [string, readonly string[]] => [
      `${at}: ${words.join(' ')}`,
      words
        .slice(2)
        .filter((word) => word !== '--install')
        .map((word) => (/^[\w./-]+\/egressip-ipam-operator$/.test(word) ? deployPath(chartFolder) : word))
        .map((word) => word.replace('sha256:DIGEST', `sha256:${'0'.repeat(64)}`)),
    ]),
);

/** Values, as the chart's page shows them. */
const values = blocksOf('deploy/helm/egressip-ipam-operator/README.md')
  .filter(({ language }) => language === 'yaml')
  .map(({ at, text }): [string, string] => [at, text]);

it('pages have lines that install', () => expect(lines.length).toBeGreaterThan(6));

describe.each(helms)('$name', ({ helm }) => {
  it.each(lines)('takes the line of %s', unless(helm === '', noHelm), (_, args) => {
    expect(runHelm(helm, ['template', ...args])).toContain('kind: Deployment');
  });

  it.each(values)('takes the values of %s', unless(helm === '', noHelm), (_, text) => {
    expect(runHelm(helm, ['template', deployPath(chartFolder), '--values', '-'], text)).toContain('kind: Deployment');
  });
});
