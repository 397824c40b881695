import { describe, expect, it } from 'vitest';
import { readInstanceId } from './instance-id.ts';

const id = 'i-0123456789abcdef0';

describe('readInstanceId', () => {
  it.each([
    `aws:///us-east-1a/${id}`,
    `aws:////${id}`,
    `aws:///${id}`,
    `aws://us-east-1a/${id}`,
    `aws:///us-west-2-lax-1a/${id}`,
  ])('reads %s', (providerID) => {
    expect(readInstanceId({ name: 'worker-1', providerID })).toEqual({ instanceId: id });
  });

  it('reads the short IDs of old instances', () => {
    expect(readInstanceId({ name: 'worker-1', providerID: 'aws:///us-east-1a/i-01234567' })).toEqual({
      instanceId: 'i-01234567',
    });
  });

  it.each([
    undefined,
    '',
    'aws:///',
    `gce:///us-east-1a/${id}`,
    `aws:///us-east-1a/x/${id}`,
    `aws:///us-east-1a/${id}/`,
    'aws:///us-east-1a/i-xyz',
    'aws:///us-east-1a/fargate-ip-10-0-0-1',
    id,
  ])('says what is wrong with %s, and which node has it', (providerID) => {
    expect(readInstanceId({ name: 'worker-1', ...(providerID === undefined ? {} : { providerID }) })).toMatchObject({
      error: { class: 'not-found', message: expect.stringContaining('worker-1') },
    });
  });
});
