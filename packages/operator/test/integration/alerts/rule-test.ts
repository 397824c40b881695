import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { deployPath } from '../../deploy/documents.ts';

/** The rules that are shipped. */
export const rulesFile = deployPath('helm/egressip-ipam-operator/files/alerts.yaml');
const folder = fileURLToPath(new URL('cases', import.meta.url));

/** promtool, where `tools/promtool/build.mjs` has built it or PROMTOOL names it. */
export const promtool: string | undefined = [process.env['PROMTOOL'], ...cached()].find(
  (path) => path !== undefined && existsSync(path),
);

function cached(): readonly string[] {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'egressip-ipam');
  return existsSync(cache)
    ? readdirSync(cache)
        .filter((name) => name.startsWith('promtool-'))
        .map((name) => join(cache, name, 'promtool'))
    : [];
}

/** An alert that fires: its name and the labels that tell which one. */
export type Firing = readonly [alert: string, labels?: Readonly<Record<string, string>>];

interface InputSeries {
  readonly series: string;
  readonly values: string;
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly expr: string;
      readonly labels?: { readonly severity: string };
    }[];
  }[];
}

const rules = (): Rules => parse(readFileSync(rulesFile, 'utf8')) as Rules;
const minutes = 25;

/** The series of a scrape that a rule asks for, by series with labels. */
export function seriesOf(scrape: string): ReadonlyMap<string, number> {
  const expressions = rules()
    .groups.flatMap((group) => group.rules.map(({ expr }) => expr))
    .join(' ');
  // The version of the day is no part of a test.
  const lines = scrape
    .replaceAll(/version="[^"]*"/g, 'version="0.0.0"')
    .split('\n')
    .map((line) => /^(\w+)(\{.*\})? (\S+)$/.exec(line))
    .filter((match) => match !== null);
  return new Map(
    lines
      .filter(([, name = '']) => new RegExp(`\\b${name}\\b`).test(expressions))
      .map(([, name = '', labels = '', value]) => [`${name}${labels}`, Number(value)]),
  );
}

/**
 * A test of the rules for promtool, of what two scrapes of a run said one after the other: what grew between them grows
 * on.
 *
 * @param firing the alerts that fire after a while, all of them
 */
export function ruleTest(name: string, scrapes: readonly string[], firing: readonly Firing[]): string {
  const [before, after] = [seriesOf(scrapes[0] ?? ''), seriesOf(scrapes.at(-1) ?? '')];
  const input: readonly InputSeries[] = [...after].map(([series, value]) => ({
    series,
    values:
      series.includes('_total') && value > (before.get(series) ?? 0) ? `0+1x${minutes * 2}` : `${value}x${minutes * 2}`,
  }));
  const severities = new Map(
    rules().groups.flatMap((group) => group.rules.map(({ alert, labels }) => [alert, labels?.severity])),
  );
  const samples = firing.map(([alert, labels = {}]) => ({
    labels: `ALERTS{${Object.entries({
      alertname: alert,
      alertstate: 'firing',
      ...labels,
      severity: severities.get(alert),
    })
      .map(([key, value]) => `${key}="${value}"`)
      .join(', ')}}`,
    value: 1,
  }));
  return stringify(
    {
      rule_files: [relative(folder, rulesFile)],
      evaluation_interval: '30s',
      tests: [
        {
          name,
          interval: '30s',
          input_series: input,
          promql_expr_test: [{ expr: 'ALERTS{alertstate="firing"}', eval_time: `${minutes}m`, exp_samples: samples }],
        },
      ],
    },
    { lineWidth: 120 },
  );
}

const fileOf = (name: string): string => join(folder, `${name}.yaml`);

/** The committed test of a situation; undefined where there is none. */
export function readCase(name: string): string | undefined {
  return existsSync(fileOf(name)) ? readFileSync(fileOf(name), 'utf8') : undefined;
}

/** Commits the test of a situation. */
export function writeCase(name: string, text: string): void {
  writeFileSync(fileOf(name), text);
}

/** The names of the committed tests. */
export function caseNames(): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''));
}

/** Runs promtool; what it prints. @throws Error with what it prints when it finds something */
export function runPromtool(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** `promtool test rules` of a committed test. */
export function testRules(program: string, name: string): string {
  return runPromtool(program, 'test', 'rules', fileOf(name));
}
