// Named statically, so that who bundles this leaves out the rest of the library: it is most of it.
export { KubeConfig, loadYaml } from '@kubernetes/client-node';
