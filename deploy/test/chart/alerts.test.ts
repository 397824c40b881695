import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deployPath, root } from '../../src/paths.ts';
import { readProject } from '../../src/project.ts';
import { chartRepository } from '../../src/release/assemble.ts';

interface Rule {
  readonly alert?: string;
  readonly for?: string;
  readonly labels?: { readonly severity: string };
  readonly annotations?: { readonly runbook_url?: string };
}

// As the chart renders it: another suite holds the manifests to that.
const { spec } = parse(readFileSync(deployPath('manifests/optional/monitoring/prometheus-rule.yaml'), 'utf8')) as {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
};
const alerts = spec.groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
const folder = join(root, 'docs/alerts');
const names = alerts.map(({ alert = '' }) => alert).sort();

/** When it fires, as the pages say it: `critical, after 5 minutes`. */
const whenOf = (rule: Rule): string => `${rule.labels?.severity}, after ${rule.for?.replace(/m$/, '')} minutes`;

describe('alerts', () => {
  it('have a page each, and there is none of anything else', () => {
    const pages = readdirSync(folder).filter((file) => file !== 'README.md');
    expect(names.length).toBeGreaterThan(10);
    expect(pages.map((file) => basename(file, '.md')).sort()).toEqual(names);
  });

  it('have a row each in the list of them, which leads to the page', () => {
    const list = readFileSync(join(folder, 'README.md'), 'utf8');
    const rows = [...list.matchAll(/^\| \[(\w+)\]\((\w+)\.md\) +\| (.+?) +\|/gm)].map(([, name, page, when]) => [
      name,
      page,
      when,
    ]);
    expect(rows.sort()).toEqual(alerts.map((rule) => [rule.alert, rule.alert, whenOf(rule)]).sort());
  });

  it.each(alerts.map((rule): [string, Rule] => [rule.alert ?? '', rule]))(
    '%s leads to its page on the site, which says when it fires, how to look and what to do',
    (name, rule) => {
      const page = readFileSync(join(folder, `${name}.md`), 'utf8');
      expect(rule.annotations?.runbook_url).toBe(`${chartRepository(readProject().repository)}/alerts/${name}.html`);
      expect(page.startsWith(`# ${name}\n\n_${whenOf(rule).replace(/^./, (first) => first.toUpperCase())}._\n`)).toBe(
        true,
      );
      expect(page.match(/^## .*/gm)).toEqual(['## What it means', '## How to look', '## What to do']);
    },
  );
});
