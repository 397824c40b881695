export { startAntrea } from './antrea.ts';
export { AntreaWebhook } from './webhook.ts';

export type { Antrea, AntreaOptions } from './antrea.ts';
export type { AntreaPod } from './antrea-objects.ts';
export type { AntreaTraffic } from './antrea-traffic.ts';
