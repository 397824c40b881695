import { expect, it } from 'vitest';
import { ServerHistory } from './server-history.ts';

it('knows the newest version of all resources but Events, which may have an etcd of their own', () => {
  const history = new ServerHistory();
  for (const [version, plural] of [
    ['', 'nodes'],
    ['9', 'nodes'],
    ['10', 'namespaces'],
    ['8', 'nodes'],
    ['900', 'events'],
    ['no number', 'nodes'],
  ] as const)
    history.see(version, { plural });
  expect(history.newest).toBe('10');
});

it('tells all who listen that the server was set back, until they listen no more', () => {
  const history = new ServerHistory();
  const told: string[] = [];
  const end = history.onSetBack(() => told.push('one'));
  history.onSetBack(() => told.push('other'));
  history.setBack();
  end();
  history.setBack();
  expect(told).toEqual(['one', 'other', 'other']);
});
