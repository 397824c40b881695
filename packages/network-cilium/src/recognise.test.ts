import type { ClusterEvidence } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { recognise } from './recognise.ts';

const on = {
  'enable-egress-gateway': 'true',
  'enable-bpf-masquerade': 'true',
  'enable-ipv4-masquerade': 'true',
  'enable-ipv6': 'true',
  'kube-proxy-replacement': 'true',
  'identity-allocation-mode': 'crd',
  'egress-gateway-policy-map-max': '32768',
};
const evidence = (
  config: Readonly<Record<string, string>> | undefined,
  version = '1.33.1',
  isUsed = false,
): ClusterEvidence => ({
  served: new Map([
    ['ciliumegressgatewaypolicies.cilium.io', { isUsed, labels: { 'io.cilium.k8s.crd.schema.version': version } }],
  ]),
  nodes: [],
  ...(config === undefined ? {} : { configMaps: new Map([['kube-system/cilium-config', config]]) }),
});

describe('Cilium is', () => {
  it('absent without its CRD', () => {
    expect(recognise({ served: new Map(), nodes: [] })).toEqual({ certainty: 'absent' });
  });

  it('set up as its configuration says also where a file has no definitions, for who names it', () => {
    const config = { ...on, 'cluster-pool-ipv4-cidr': '10.0.0.0/8' };
    expect(recognise({ ...evidence(config), served: new Map() })).toMatchObject({
      certainty: 'absent',
      settings: { configured: true, mapSize: 32_768, podNetworks: '10.0.0.0/8' },
    });
  });

  it('at work where its configuration turns the egress gateway on', () => {
    expect(recognise(evidence(on))).toEqual({
      certainty: 'at-work',
      settings: {
        obstacle: '',
        configured: true,
        mapSize: 32_768,
        severalGateways: true,
        ipv6: true,
        prefersPublic: true,
        podNetworks: '',
      },
    });
  });

  it('only served where the gateway is off, as the CRD is always there', () => {
    expect(recognise(evidence({}))).toMatchObject({
      certainty: 'served',
      settings: { obstacle: expect.stringContaining('egressGateway.enabled=true') },
    });
  });

  it.each([
    [
      {
        ipam: 'cluster-pool',
        'cluster-pool-ipv4-cidr': '10.0.0.0/8 11.0.0.0/8',
        'cluster-pool-ipv6-cidr': 'fd00::/104',
      },
      '10.0.0.0/8 11.0.0.0/8 fd00::/104',
    ],
    [{ 'cluster-pool-ipv4-cidr': '10.0.0.0/8' }, '10.0.0.0/8'],
    [
      {
        ipam: 'multi-pool',
        'auto-create-cilium-pod-ip-pools': 'default=ipv4-cidrs:10.10.0.0/16;ipv4-mask-size:27;ipv6-cidrs:fd00::/104',
      },
      '10.10.0.0/16 fd00::/104',
    ],
    [{ ipam: 'kubernetes', 'cluster-pool-ipv4-cidr': '10.0.0.0/8' }, ''],
    [{ 'cluster-pool-ipv4-cidr': 'nonsense/9 300.0.0.0/8' }, ''],
  ])('told out of which networks it gives addresses to pods: %j', (config, podNetworks) => {
    expect(recognise(evidence({ ...on, ...config })).settings).toMatchObject({ podNetworks });
  });

  it('told by its policies where the configuration cannot be read', () => {
    expect(recognise(evidence(undefined, '1.33.1', true))).toMatchObject({
      certainty: 'used',
      settings: { obstacle: '', configured: false },
    });
    expect(recognise(evidence(undefined))).toMatchObject({ certainty: 'served' });
  });
});

describe('what a Cilium can do', () => {
  it.each([
    ['1.30.2', { severalGateways: false, ipv6: false, prefersPublic: false }],
    ['1.31.0', { severalGateways: true, ipv6: false, prefersPublic: false }],
    ['1.32.4', { severalGateways: true, ipv6: false, prefersPublic: true }],
    ['1.33.1', { severalGateways: true, ipv6: true, prefersPublic: true }],
    ['strange', { severalGateways: false, ipv6: false, prefersPublic: false }],
  ])('is told by the version of its schema: %s', (version, settings) => {
    expect(recognise(evidence(on, version)).settings).toMatchObject(settings);
  });

  it.each([
    ['enable-bpf-masquerade', 'false', 'bpf.masquerade=true'],
    ['enable-ipv4-masquerade', 'false', 'enableIPv4Masquerade=true'],
    ['kube-proxy-replacement', 'false', 'kubeProxyReplacement=true'],
    ['identity-allocation-mode', 'kvstore', 'identityAllocationMode=crd'],
    ['enable-cilium-endpoint-slice', 'true', 'ciliumEndpointSlice.enabled=false'],
  ])('ends with %s=%s, and the way out is named', (key, value, wayOut) => {
    expect(recognise(evidence({ ...on, [key]: value })).settings?.['obstacle']).toContain(wayOut);
  });

  it('takes a strange size of the map for the default', () => {
    expect(recognise(evidence({ ...on, 'egress-gateway-policy-map-max': 'many' })).settings).toMatchObject({
      mapSize: 16_384,
    });
  });
});
