import { atomicList, cel, listByKey, object, oneOf, required, setOf, text, type Keywords } from '../schema.ts';

/** An IP address of either family. */
export const ipAddress = text({ minLength: 1, maxLength: 39, ...cel('isIP(self)') });

const oneOfEachFamily =
  'size(self) == 2 && isIP(self[0]) && isIP(self[1]) ? ip(self[0]).family() != ip(self[1]).family() : true';

/** The addresses of a platform's API or ingress as an administrator asks for them. */
export const specAddresses = atomicList(ipAddress, { maxItems: 2, ...cel(oneOfEachFamily) });

/** Those that the platform has; one declares the list as atomic, the other as a set. */
const inUse: Keywords = { format: 'ip', maxItems: 2, ...cel(`self == oldSelf || (${oneOfEachFamily})`) };
export const statusAddresses = atomicList(text(), inUse);
export const statusAddressSet = setOf(text(), inUse);

/** The networks that machines are in. */
export const machineNetworks = atomicList(text({ minLength: 1, maxLength: 43, ...cel('isCIDR(self)') }), {
  maxItems: 32,
  ...cel('self.all(x, self.exists_one(y, x == y))'),
});

/** Addresses that were asked for once stay asked for. */
export const addressesStay = cel(
  ...['apiServerInternalIPs', 'ingressIPs'].map((field) => `!has(oldSelf.${field}) || has(self.${field})`),
);

/** A choice that is made once. */
export const chosenOnce = cel("oldSelf == '' || self == oldSelf");

/** Who balances the load of API and ingress. */
export const loadBalancer = object(
  { type: oneOf(['OpenShiftManagedDefault', 'UserManaged'], { default: 'OpenShiftManagedDefault', ...chosenOnce }) },
  { default: { type: 'OpenShiftManagedDefault' } },
);

const balancers = setOf(ipAddress, { format: 'ip', maxItems: 16 });

/** Load balancers of a cloud that the cluster's own DNS tells. */
export const cloudLoadBalancer = (keywords: Keywords = {}): ReturnType<typeof object> =>
  object(
    {
      clusterHosted: object({
        apiIntLoadBalancerIPs: balancers,
        apiLoadBalancerIPs: balancers,
        ingressLoadBalancerIPs: balancers,
      }),
      dnsType: oneOf(['ClusterHosted', 'PlatformDefault'], { default: 'PlatformDefault', ...chosenOnce }),
    },
    {
      default: { dnsType: 'PlatformDefault' },
      ...cel("has(self.dnsType) && self.dnsType != 'ClusterHosted' ? !has(self.clusterHosted) : true"),
      ...keywords,
    },
  );

/** The platforms that a cluster can be on. */
export const platformTypes = [
  '',
  'AWS',
  'Azure',
  'BareMetal',
  'GCP',
  'Libvirt',
  'OpenStack',
  'None',
  'VSphere',
  'oVirt',
  'IBMCloud',
  'KubeVirt',
  'EquinixMetal',
  'PowerVS',
  'AlibabaCloud',
  'Nutanix',
  'External',
];

/** Other addresses of AWS' services. */
export const awsServiceEndpoints = atomicList(
  object({ name: text({ pattern: '^[a-z0-9-]+$' }), url: text({ pattern: '^https://' }) }),
);

const ibmServices = [
  'CIS',
  'COS',
  'COSConfig',
  'DNSServices',
  'GlobalCatalog',
  'GlobalSearch',
  'GlobalTagging',
  'HyperProtect',
  'IAM',
  'KeyProtect',
  'ResourceController',
  'ResourceManager',
  'VPC',
];

/** Other addresses of IBM Cloud's services. */
export const ibmServiceEndpoints = listByKey(
  'name',
  object({ name: oneOf(ibmServices), url: text({ maxLength: 300, ...cel('isURL(self)') }) }, required('name', 'url')),
);

/** Other addresses of Power Virtual Server's services. */
export const powerServiceEndpoints = listByKey(
  'name',
  object(
    { name: oneOf([...ibmServices, 'Power'].sort()), url: text({ format: 'uri', pattern: '^https://' }) },
    required('name', 'url'),
  ),
);
