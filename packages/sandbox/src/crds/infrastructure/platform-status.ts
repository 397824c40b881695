import type { StructuralSchema } from '../../api-server/schema/structural-schema.ts';
import { atomicList, cel, listByKey, object, oneOf, required, text } from '../schema.ts';
import {
  chosenOnce,
  awsServiceEndpoints,
  cloudLoadBalancer,
  ibmServiceEndpoints,
  loadBalancer,
  machineNetworks,
  platformTypes,
  powerServiceEndpoints,
  statusAddressSet,
  statusAddresses,
} from './addresses.ts';

type Fields = Readonly<Record<string, StructuralSchema>>;

const oneAddressEach: Fields = { apiServerInternalIP: text(), ingressIP: text() };
const vips = (addresses: StructuralSchema): Fields => ({
  ...oneAddressEach,
  apiServerInternalIPs: addresses,
  ingressIPs: addresses,
  loadBalancer,
});
const onPremises = object({ ...vips(statusAddresses), machineNetworks, nodeDNSIP: text() });

const sameAsBefore = cel('self.all(x, x in oldSelf) && oldSelf.all(x, x in self)');
const setAtInstallation = (field: string): string =>
  `!has(oldSelf.${field}) && !has(self.${field}) || has(oldSelf.${field}) && has(self.${field})`;

const alibabaCloud = object(
  {
    region: text({ pattern: '^[0-9A-Za-z-]+$' }),
    resourceGroupID: text({ pattern: '^(rg-[0-9A-Za-z]+)?$' }),
    resourceTags: listByKey(
      'key',
      object(
        { key: text({ maxLength: 128, minLength: 1 }), value: text({ maxLength: 128, minLength: 1 }) },
        required('key', 'value'),
      ),
      { maxItems: 20 },
    ),
  },
  required('region'),
);

const aws = object({
  cloudLoadBalancerConfig: cloudLoadBalancer({ nullable: true }),
  ipFamily: oneOf(['IPv4', 'DualStackIPv6Primary', 'DualStackIPv4Primary'], {
    default: 'IPv4',
    ...chosenOnce,
  }),
  region: text(),
  resourceTags: atomicList(
    object(
      {
        key: text({ maxLength: 128, minLength: 1, ...cel("self.matches('^[0-9A-Za-z_.:/=+-@ ]+$')") }),
        value: text({ maxLength: 256, minLength: 1, ...cel("self.matches('^[0-9A-Za-z_.:/=+-@ ]+$')") }),
      },
      required('key', 'value'),
    ),
    { maxItems: 25 },
  ),
  serviceEndpoints: awsServiceEndpoints,
});

const azure = object(
  {
    armEndpoint: text(),
    cloudLoadBalancerConfig: cloudLoadBalancer(),
    cloudName: oneOf([
      '',
      'AzurePublicCloud',
      'AzureUSGovernmentCloud',
      'AzureChinaCloud',
      'AzureGermanCloud',
      'AzureStackCloud',
      'AzureUSSecCloud',
    ]),
    networkResourceGroupName: text(),
    resourceGroupName: text(),
    resourceTags: atomicList(
      object(
        {
          key: text({ maxLength: 128, minLength: 1, pattern: '^[a-zA-Z]([0-9A-Za-z_.-]*[0-9A-Za-z_])?$' }),
          value: text({ maxLength: 256, minLength: 1, pattern: '^[0-9A-Za-z_.=+-@]+$' }),
        },
        required('key', 'value'),
      ),
      { maxItems: 10, ...sameAsBefore },
    ),
  },
  cel(setAtInstallation('resourceTags')),
);

const external = object(
  {
    cloudControllerManager: object(
      { state: oneOf(['', 'External', 'None'], cel('self == oldSelf')) },
      cel('(has(self.state) == has(oldSelf.state)) || (!has(oldSelf.state) && self.state != "External")'),
    ),
  },
  cel('has(self.cloudControllerManager) == has(oldSelf.cloudControllerManager)'),
);

const gcp = object(
  {
    cloudLoadBalancerConfig: cloudLoadBalancer({ nullable: true }),
    projectID: text(),
    region: text(),
    resourceLabels: listByKey(
      'key',
      object(
        {
          key: text({
            maxLength: 63,
            minLength: 1,
            pattern: '^[a-z][0-9a-z_-]{0,62}$',
            ...cel("!self.startsWith('openshift-io') && !self.startsWith('kubernetes-io')"),
          }),
          value: text({ maxLength: 63, minLength: 1, pattern: '^[0-9a-z_-]{1,63}$' }),
        },
        required('key', 'value'),
      ),
      { maxItems: 32, ...sameAsBefore },
    ),
    resourceTags: listByKey(
      'key',
      object(
        {
          key: text({ maxLength: 63, minLength: 1, pattern: '^[a-zA-Z0-9]([0-9A-Za-z_.-]{0,61}[a-zA-Z0-9])?$' }),
          parentID: text({
            maxLength: 32,
            minLength: 1,
            pattern: '(^[1-9][0-9]{0,31}$)|(^[a-z][a-z0-9-]{4,28}[a-z0-9]$)',
          }),
          value: text({
            maxLength: 63,
            minLength: 1,
            pattern: '^[a-zA-Z0-9]([0-9A-Za-z_.@%=+:,*#&()\\[\\]{}\\-\\s]{0,61}[a-zA-Z0-9])?$',
          }),
        },
        required('key', 'parentID', 'value'),
      ),
      { maxItems: 50, ...sameAsBefore },
    ),
  },
  cel(setAtInstallation('resourceLabels'), setAtInstallation('resourceTags')),
);

const ibmcloud = object({
  cisInstanceCRN: text(),
  dnsInstanceCRN: text(),
  location: text(),
  providerType: text(),
  resourceGroupName: text(),
  serviceEndpoints: ibmServiceEndpoints,
});

const powervs = object(
  {
    cisInstanceCRN: text(),
    dnsInstanceCRN: text(),
    region: text(),
    resourceGroup: text({ maxLength: 40, pattern: '^[a-zA-Z0-9-_ ]+$', ...chosenOnce }),
    serviceEndpoints: powerServiceEndpoints,
    zone: text(),
  },
  cel('!has(oldSelf.resourceGroup) || has(self.resourceGroup)'),
);

/** What the platform is and has. */
export const platformStatus = object({
  alibabaCloud,
  aws,
  azure,
  baremetal: onPremises,
  equinixMetal: object(oneAddressEach),
  external,
  gcp,
  ibmcloud,
  kubevirt: object(oneAddressEach),
  nutanix: object(vips(statusAddressSet)),
  openstack: object({ ...vips(statusAddresses), cloudName: text(), machineNetworks, nodeDNSIP: text() }),
  ovirt: object({ ...vips(statusAddressSet), nodeDNSIP: text() }),
  powervs,
  type: oneOf(platformTypes),
  vsphere: onPremises,
});
