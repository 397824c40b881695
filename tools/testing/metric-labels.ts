/** By family of a scrape in Prometheus' text format: the names of its labels, sorted; none without a series. */
export function labelsIn(scrape: string): Readonly<Record<string, readonly string[]>> {
  const families: Record<string, Set<string>> = {};
  let family = new Set<string>();
  for (const line of scrape.split('\n')) {
    const name = /^# TYPE (\S+)/.exec(line)?.[1];
    if (name !== undefined) families[name] = family = new Set();
    const labels = /^\w+\{(.*)\} /.exec(line)?.[1] ?? '';
    // The library's own, of histograms.
    for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) if (label !== 'le') family.add(label);
  }
  return Object.fromEntries(
    Object.entries(families)
      .filter(([name]) => !/^nodejs_|^process_/.test(name))
      .map(([name, labels]) => [name, [...labels].sort()]),
  );
}

/** The same, as a table of metrics explains it. */
export function labelsExplained(page: string): Readonly<Record<string, readonly string[]>> {
  const rows = page.matchAll(/^\| `(egressip_\w+)` *\|([^|]*)\|/gm);
  return Object.fromEntries(
    [...rows].map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
    ]),
  );
}
