/** Platforms, in lower case, where OpenShift SDN needs explicit addresses and OVN-Kubernetes goes by `egress-ipconfig`. */
export const clouds: readonly string[] = ['aws', 'azure', 'gcp', 'openstack'];
