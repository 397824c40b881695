import { isMap, parseDocument } from 'yaml';

/** What `helm template` writes over each document. */
const source = /^# Source: [^/]+\/templates\/(\S+)\n/;

/** True of a release of Helm alone. */
const managedBy = ['metadata', 'labels', 'app.kubernetes.io/managed-by'];

/**
 * What `helm template` printed, by the path of each template below `templates`, without what only a release has;
 * comments stay.
 */
export function splitBySource(rendered: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const chunk of rendered.split(/^---\n/m)) {
    const [heading, path] = source.exec(chunk) ?? [];
    if (heading === undefined || path === undefined) continue;
    const document = parseDocument(chunk.slice(heading.length));
    if (!isMap(document.contents)) continue;
    if (document.hasIn(managedBy)) document.deleteIn(managedBy);
    const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
    const before = files.get(path);
    files.set(path, before === undefined ? text : `${before}---\n${text}`);
  }
  return files;
}
