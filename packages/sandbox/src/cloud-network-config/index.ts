export { startCloudNetworkConfigController } from './cloud-network-config-controller.ts';

export type { CloudInterface, CloudNetworkConfigOptions } from './cloud-network-config-controller.ts';
