import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createLog } from '../../src/log/log.ts';
import { printable } from '../../src/output/printable.ts';
import { runCli } from './run-cli.ts';

const obeyed = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const nasty = '\u001B[2J\u001B[1;31mALL GOOD\u001B[0m\u0007\r\u009b2K\u202egnp.exe\nNo findings.\u200b\u{e0041}';
const annotation = (name: string): string => `egressip-ipam-operator.redhat-cop.io/${name}`;
const cluster = [
  {
    apiVersion: 'redhatcop.redhat.io/v1alpha1',
    kind: 'EgressIPAM',
    metadata: { name: 'p' },
    spec: {
      topologyLabel: 'zone',
      cidrAssignments: [
        { CIDR: '10.0.0.0/28', labelValue: nasty },
        { CIDR: nasty, labelValue: 'a' },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'evil', annotations: { [annotation('egressipam')]: 'p', [annotation('egressips')]: nasty } },
  },
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'evil2', annotations: { [annotation('egressipam')]: nasty } },
  },
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: nasty, labels: { a: nasty }, annotations: { [annotation('egressipam')]: 'p' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: nasty, labels: { zone: nasty } },
    status: { addresses: [{ type: 'InternalIP', address: nasty }] },
  },
];
const commands = [
  ['plan'],
  ['check'],
  ['explain', 'namespace/evil'],
  ['explain', 'namespace/evil2'],
  ['explain', 'egressipam/p'],
  ['explain', `node/${nasty}`],
  ['simulate', '--add-namespaces', '1'],
  ['adopt'],
];

describe('no control character of an object reaches a terminal', () => {
  it.each(commands.flatMap((command) => ['table', 'json', 'yaml'].map((format) => [...command, '-o', format])))(
    '%s %s %s',
    async (command = '', ...rest) => {
      const args = [command, ...rest.filter((arg) => arg !== undefined)];
      const { out, error } = await runCli(
        [...args.slice(0, command === 'explain' ? 2 : 1), '-', ...args.slice(command === 'explain' ? 2 : 1)],
        { input: JSON.stringify(cluster) },
      );
      expect(out).not.toMatch(obeyed);
      expect(error).not.toMatch(obeyed);
      expect(error.split('\n')).not.toContain('No findings.');
      expect(out.split('\n')).not.toContain('No findings.');
    },
  );

  it('shows it escaped', async () => {
    const { out } = await runCli(['plan', '-'], { input: stringify(cluster) });
    expect(out).toContain('\\u001b[2J');
  });

  it('leaves what programs read as it is', async () => {
    const readings = await Promise.all(
      ['json', 'yaml'].map(
        async (format) => (await runCli(['check', '-', '-o', format], { input: JSON.stringify(cluster) })).out,
      ),
    );
    const [json, yaml] = [JSON.parse(readings[0] ?? ''), parse(readings[1] ?? '')];
    expect(JSON.stringify(json)).toContain('\u009b2K');
    expect(yaml).toEqual(json);
  });

  it('nor one of the case from the field', async () => {
    const input = readFileSync(new URL('cases/33-terminal-escapes.yaml', import.meta.url), 'utf8');
    const { out, error } = await runCli(['plan', '-'], { input });
    expect(out + error).not.toMatch(obeyed);
    expect(out).toContain('\\u001b[2J');
  });
});

it('nor what somebody mistyped', async () => {
  for (const args of [[nasty], ['plan', '-', '-o', nasty], ['plan', `--${nasty}`], ['plan', nasty]]) {
    const { code, out, error } = await runCli(args);
    expect(code).toBe(1);
    expect(out + error).not.toMatch(obeyed);
  }
});

describe('printable', () => {
  it('changes nothing that a terminal only shows', () => {
    for (const text of ['', 'plain', 'Zürich – 東京 🚀', 'a\\b "c"']) expect(printable(text)).toBe(text);
  });

  it('leaves no control character in any text', () => {
    const texts = fc.array(fc.integer({ min: 0, max: 0x20ff })).map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(texts, (text) => void expect(printable(text)).not.toMatch(/\p{Cc}/u)));
  });
});

it.each(['text', 'json'] as const)('the log shows values escaped, as %s', (format) => {
  const lines: string[] = [];
  createLog((line) => lines.push(line), { format, level: 'info', now: () => 0 }).info(nasty, { namespace: nasty });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toMatch(obeyed);
  expect(lines[0]?.trimEnd()).not.toContain('\n');
});
