import type { StructuralSchema } from '../../api-server/schema/structural-schema.ts';
import {
  atomicList,
  cel,
  emptyObject,
  int32,
  listByKey,
  object,
  oneOf,
  required,
  setOf,
  text,
  type Keywords,
} from '../schema.ts';
import {
  addressesStay,
  awsServiceEndpoints,
  machineNetworks,
  platformTypes,
  powerServiceEndpoints,
  specAddresses,
} from './addresses.ts';

const addresses = { apiServerInternalIPs: specAddresses, ingressIPs: specAddresses, machineNetworks };
const onPremises = object(addresses, addressesStay);

const endpoint = object(
  { address: text({ maxLength: 256 }), port: int32({ maximum: 65535, minimum: 1 }) },
  required('address', 'port'),
);
const host = (keywords: Keywords = {}): StructuralSchema =>
  text({ anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }, { format: 'hostname' }], maxLength: 255, ...keywords });
const shortName = text({ maxLength: 80, minLength: 1 });

/** A field that is there exactly when the union's discriminator says so. */
const onlyWith = (type: string, field: string): string =>
  `has(self.type) && self.type == '${type}' ?  has(self.${field}) : !has(self.${field})`;

const nameOrId = object(
  { name: text(), type: oneOf(['UUID', 'Name']), uuid: text() },
  { ...required('type'), ...cel(onlyWith('UUID', 'uuid'), onlyWith('Name', 'name')) },
);

const nutanix = object(
  {
    failureDomains: listByKey(
      'name',
      object(
        {
          cluster: nameOrId,
          name: text({ maxLength: 64, minLength: 1, pattern: '[a-z0-9]([-a-z0-9]*[a-z0-9])?' }),
          subnets: atomicList(nameOrId, { maxItems: 1, minItems: 1 }),
        },
        required('cluster', 'name', 'subnets'),
      ),
    ),
    prismCentral: endpoint,
    prismElements: listByKey(
      'name',
      object(
        {
          endpoint,
          name: text({ maxLength: 256 }),
        },
        required('endpoint', 'name'),
      ),
    ),
  },
  required('prismCentral', 'prismElements'),
);

const affinityNeeds = (zone: string, region: string): string =>
  `has(self.zoneAffinity) && self.zoneAffinity.type == '${zone}' ? ` +
  ` has(self.regionAffinity) && self.regionAffinity.type == '${region}' : true`;

const nodeNetwork = object({
  excludeNetworkSubnetCidr: atomicList(text({ format: 'cidr' })),
  network: text(),
  networkSubnetCidr: setOf(text({ format: 'cidr' })),
});

const vsphere = object(
  {
    ...addresses,
    failureDomains: listByKey(
      'name',
      object(
        {
          name: text({ maxLength: 256, minLength: 1 }),
          region: shortName,
          regionAffinity: object({ type: oneOf(['ComputeCluster', 'Datacenter']) }, required('type')),
          server: host({ minLength: 1 }),
          topology: object(
            {
              computeCluster: text({ maxLength: 2048, pattern: '^/.*?/host/.*?' }),
              datacenter: text({ maxLength: 80 }),
              datastore: text({ maxLength: 2048, pattern: '^/.*?/datastore/.*?' }),
              folder: text({ maxLength: 2048, pattern: '^/.*?/vm/.*?' }),
              networks: atomicList(text(), { maxItems: 10, minItems: 1 }),
              resourcePool: text({ maxLength: 2048, pattern: '^/.*?/host/.*?/Resources.*' }),
              template: text({ maxLength: 2048, minLength: 1, pattern: '^/.*?/vm/.*?' }),
            },
            required('computeCluster', 'datacenter', 'datastore', 'networks'),
          ),
          zone: shortName,
          zoneAffinity: object(
            {
              hostGroup: object(
                { hostGroup: shortName, vmGroup: shortName, vmHostRule: shortName },
                required('hostGroup', 'vmGroup', 'vmHostRule'),
              ),
              type: oneOf(['HostGroup', 'ComputeCluster']),
            },
            { ...required('type'), ...cel(onlyWith('HostGroup', 'hostGroup')) },
          ),
        },
        {
          ...required('name', 'region', 'server', 'topology', 'zone'),
          ...cel(affinityNeeds('HostGroup', 'ComputeCluster'), affinityNeeds('ComputeCluster', 'Datacenter')),
        },
      ),
    ),
    nodeNetworking: object({ external: nodeNetwork, internal: nodeNetwork }),
    vcenters: atomicList(
      object(
        {
          datacenters: setOf(text(), { minItems: 1 }),
          port: int32({ maximum: 32767, minimum: 1 }),
          server: host(),
        },
        required('datacenters', 'server'),
      ),
      { maxItems: 3, minItems: 1, ...cel('self.all(x, self.exists_one(y, y.server == x.server))') },
    ),
  },
  addressesStay,
);

/** What an administrator asks of the platform. */
export const platformSpec = object(
  {
    alibabaCloud: emptyObject,
    aws: object({ serviceEndpoints: awsServiceEndpoints }),
    azure: emptyObject,
    baremetal: onPremises,
    equinixMetal: emptyObject,
    external: object({ platformName: text({ default: 'Unknown', ...cel("oldSelf == 'Unknown' || self == oldSelf") }) }),
    gcp: emptyObject,
    ibmcloud: emptyObject,
    kubevirt: emptyObject,
    nutanix,
    openstack: onPremises,
    ovirt: emptyObject,
    powervs: object({ serviceEndpoints: powerServiceEndpoints }),
    type: oneOf(platformTypes),
    vsphere,
  },
  cel(
    '!has(oldSelf.vsphere) && has(self.vsphere) ? ' +
      '(has(self.vsphere.vcenters) && size(self.vsphere.vcenters) < 2) : true',
  ),
);
