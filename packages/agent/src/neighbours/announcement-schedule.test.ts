import { expect, it } from 'vitest';
import { AnnouncementSchedule } from './announcement-schedule.ts';

it('announces five times within 4.4 seconds, then every minute, and only what is held', () => {
  const schedule = new AnnouncementSchedule();
  schedule.take('192.0.2.1', 1_000);
  const times: number[] = [];
  for (let now: number | undefined = 1_000; now !== undefined && now < 200_000; now = schedule.due(now).next) {
    times.push(now);
  }
  expect(times).toEqual([0, 1_100, 2_200, 3_300, 4_400, 60_000, 120_000, 180_000].map((offset) => 1_000 + offset));
  schedule.keep(new Set());
  expect(schedule.due(1_000_000)).toEqual({ due: [], next: undefined });
});

it('says nothing before the time that an address is to be announced from', () => {
  const schedule = new AnnouncementSchedule();
  schedule.take('192.0.2.1', 3_000);
  expect(schedule.due(1_000)).toEqual({ due: [], next: 3_000 });
  expect(schedule.due(3_000)).toEqual({ due: ['192.0.2.1'], next: 4_100 });
});

it('does not make up for what was missed while the process stood still', () => {
  const schedule = new AnnouncementSchedule();
  schedule.take('192.0.2.1', 0);
  expect(schedule.due(3_600_000)).toEqual({ due: ['192.0.2.1'], next: 3_660_000 });
});

it('begins anew for one that is put back, unless it is being announced just now', () => {
  const schedule = new AnnouncementSchedule();
  schedule.take('192.0.2.1', 0);
  schedule.due(0);
  schedule.takeAgain('192.0.2.1', 500);
  expect(schedule.due(1_000)).toEqual({ due: [], next: 1_100 });
  schedule.due(4_400);
  schedule.takeAgain('192.0.2.1', 20_000);
  expect(schedule.due(20_000)).toEqual({ due: ['192.0.2.1'], next: 21_100 });
});
