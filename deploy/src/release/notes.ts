/**
 * What a release says of itself: what changesets wrote into the packages' changelogs for the version, each change once.
 *
 * @param changelogs the text of each package's CHANGELOG.md, in the order in which a user looks into them
 */
export function releaseNotes(version: string, changelogs: readonly string[]): string {
  const changes = new Set(changelogs.flatMap((changelog) => changesOf(version, changelog)));
  return `# ${version}\n\n${changes.size === 0 ? 'No change that users notice.' : [...changes].join('\n')}\n`;
}

/** The entries of one version: list items, without those that only say that a package of ours has a new version. */
function changesOf(version: string, text: string): readonly string[] {
  const [, section = ''] = text.split(`\n## ${version}\n`);
  const [own = ''] = section.split(/\n## /);
  return own
    .split(/\n(?=- )/)
    .map((entry) =>
      entry
        .replace(/^[\s\S]*?(?=- )/, '')
        .replace(/\n### [\s\S]*$/, '')
        .trimEnd(),
    )
    .filter((entry) => entry.startsWith('- ') && !/^- (Updated dependencies|@egressip-ipam\/)/.test(entry))
    .map((entry) => entry.replace(/^- [0-9a-f]{7,}: /, '- '));
}
