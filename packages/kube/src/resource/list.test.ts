import { describe, expect, it } from 'vitest';
import { parseList } from './list.ts';
import type { Resource } from '../object/resource.ts';

const things: Resource = { group: 'test.io', version: 'v1', plural: 'things', kind: 'Thing', namespaced: false };
const item = { metadata: { name: 'a', resourceVersion: '5' } };
const good = { apiVersion: 'test.io/v1', kind: 'ThingList', metadata: { resourceVersion: '10' }, items: [item] };

describe('parseList', () => {
  it('takes a list, and gives its items what lists leave out', () => {
    expect(parseList(good, things)).toEqual({
      items: [{ apiVersion: 'test.io/v1', kind: 'Thing', metadata: { name: 'a', resourceVersion: '5' } }],
      resourceVersion: '10',
      continueToken: undefined,
    });
    expect(parseList({ ...good, items: [] }, things).items).toEqual([]);
    expect(parseList({ ...good, metadata: { resourceVersion: '10', continue: 'token' } }, things).continueToken).toBe(
      'token',
    );
    expect(parseList({ ...good, kind: 'Things' }, { ...things, listKind: 'Things' }).items).toHaveLength(1);
  });

  it('takes no item of another namespace than that which was asked for', () => {
    const items = ['mine', 'other'].map((namespace) => ({ metadata: { name: 'a', namespace, resourceVersion: '5' } }));
    const kind = { ...things, namespaced: true };
    expect(parseList({ ...good, items }, kind).items).toHaveLength(2);
    expect(() => parseList({ ...good, items }, kind, 'mine')).toThrow('items[1] is of another namespace');
  });

  it.each([
    ['nothing', undefined, 'it is no object'],
    ['an array', [], 'it is no object'],
    ['a text', 'ok', 'it is no object'],
    [
      'a Status of success',
      { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success' },
      'its kind is "Status"',
    ],
    ['another kind', { ...good, kind: 'OtherList' }, 'its kind is "OtherList"'],
    ['another version', { ...good, apiVersion: 'test.io/v2' }, 'its apiVersion is "test.io/v2"'],
    ['no version of the state', { ...good, metadata: {} }, 'it has no metadata.resourceVersion'],
    [
      'an empty version of the state',
      { ...good, metadata: { resourceVersion: '' } },
      'it has no metadata.resourceVersion',
    ],
    ['no metadata', { ...good, metadata: undefined }, 'it has no metadata.resourceVersion'],
    [
      'a token that is none',
      { ...good, metadata: { resourceVersion: '10', continue: 5 } },
      'its metadata.continue is of type number',
    ],
    ['no items', { ...good, items: undefined }, 'its items are undefined'],
    ['items that are null', { ...good, items: null }, 'its items are null'],
    ['items that are an object', { ...good, items: {} }, 'its items are of type object'],
    ['an item without a name', { ...good, items: [item, { metadata: {} }] }, 'items[1] is no object with a name'],
    ['an item of another kind', { ...good, items: [{ ...item, kind: 'Other' }] }, 'items[0] is no Thing of test.io/v1'],
    [
      'an item without a version',
      { ...good, items: [{ metadata: { name: 'a' } }] },
      'items[0] has no metadata.resourceVersion',
    ],
    [
      'an item in a namespace',
      { ...good, items: [{ metadata: { ...item.metadata, namespace: 'b' } }] },
      'items[0] has a namespace',
    ],
  ])('does not believe %s', (_name, value, message) => {
    expect(() => parseList(value, things)).toThrow(`the answer is no ThingList of test.io/v1: ${message}`);
  });
});
