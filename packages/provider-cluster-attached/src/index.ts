export { alibabacloud } from './alibabacloud.ts';
export { azure } from './azure.ts';
export { gcp } from './gcp.ts';
export { ibmcloud } from './ibmcloud.ts';
export { openstack } from './openstack.ts';
