/** A kubeconfig that leads to a port on which nothing listens. */
export const kubeconfigOfNobody = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'nobody',
  contexts: [{ name: 'nobody', context: { cluster: 'nobody', user: 'nobody' } }],
  clusters: [{ name: 'nobody', cluster: { server: 'https://127.0.0.1:9' } }],
  users: [{ name: 'nobody', user: { token: 'none' } }],
};
