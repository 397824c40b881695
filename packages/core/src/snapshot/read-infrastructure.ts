import { ObjectReader, type Read } from './object-reader.ts';
import type { InfrastructureSnapshot } from './snapshot.ts';

/** The platforms whose status holds virtual addresses of the API and of ingress. */
const platformsWithVirtualIPs = ['baremetal', 'openstack', 'vsphere', 'nutanix', 'ovirt'];

/** Reads OpenShift's Infrastructure object. Never throws. */
export function readInfrastructure(object: unknown): Read<InfrastructureSnapshot> {
  const reader = new ObjectReader(object, 'Infrastructure');
  const platform = reader.text('status', 'platformStatus', 'type') ?? reader.text('status', 'platform');
  const region = reader.text('status', 'platformStatus', 'aws', 'region');
  const virtualIPs = platformsWithVirtualIPs.flatMap((name) => {
    const path = ['status', 'platformStatus', name];
    const single = [reader.text(...path, 'apiServerInternalIP'), reader.text(...path, 'ingressIP')].filter((text) => text !== undefined && text !== '');
    return [...reader.texts(...path, 'apiServerInternalIPs'), ...reader.texts(...path, 'ingressIPs'), ...single] as string[];
  });
  return reader.result({
    ...(platform === undefined || platform === '' ? {} : { platform }),
    ...(region === undefined ? {} : { region }),
    virtualIPs: [...new Set(virtualIPs)],
  });
}
