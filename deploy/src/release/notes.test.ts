import { describe, expect, it } from 'vitest';
import { releaseNotes } from './notes.ts';

const changelog = `# @egressip-ipam/operator

## 1.1.0

### Minor Changes

- 1234abc: Pools can be resized.

  No address moves.

- Updated dependencies [1234abc]
  - @egressip-ipam/core@1.1.0

## 1.0.0

### Major Changes

- The first release.
`;

describe('notes of a release', () => {
  it('are the changes of that version, each once', () => {
    expect(releaseNotes('1.1.0', [changelog, changelog])).toBe(
      '# 1.1.0\n\n- Pools can be resized.\n\n  No address moves.\n',
    );
    expect(releaseNotes('1.0.0', [changelog, changelog])).toBe('# 1.0.0\n\n- The first release.\n');
  });

  it('say so when there is none', () => {
    expect(releaseNotes('1.2.0', [changelog, changelog])).toContain('No change that users notice.');
  });
});
