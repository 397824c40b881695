import { describe, expect, it } from 'vitest';
import { description } from './description.ts';

const secret = (kind: string): readonly unknown[] => (kind === 'Secret' ? [{ data: {} }] : []);
const nothing = (): readonly unknown[] => [];

describe('credentials', () => {
  it.each([
    ['in the environment', nothing, { AWS_ACCESS_KEY_ID: 'key' }, true],
    ['of a web identity', nothing, { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }, true],
    ['in the secret', secret, {}, true],
    ['nowhere', nothing, { AWS_ACCESS_KEY_ID: '' }, false],
  ])('%s', (_where, objects, environment, isEquipped) => {
    expect(description.isEquipped?.({ objects, environment })).toBe(isEquipped);
  });
});
