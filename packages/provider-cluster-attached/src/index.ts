export { azure } from './azure.ts';
export { gcp } from './gcp.ts';
export { openstack } from './openstack.ts';
