import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '@egressip-ipam/core';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { sharedFolder } from '../../../../tools/testing/shared-folder.ts';
import { unless } from '../../../../tools/testing/unless.ts';
import { runCli } from './run-cli.ts';

/** What is decided for a case, in short. */
interface Decision {
  /** By namespace. */
  readonly gets: Readonly<Record<string, string>>;
  /** By namespace: the code of its finding. */
  readonly waits: Readonly<Record<string, string>>;
  /** `CODE Kind/name`, beside those of namespaces that wait. */
  readonly findings: readonly string[];
  readonly carried: number;
}

interface Case {
  readonly file: string;
  readonly right: Partial<Decision>;
  /** Addresses that no step may name. */
  readonly never?: readonly string[];
  /** Why an address is given to nobody. */
  readonly keptBack?: Readonly<Record<string, string>>;
  /** What findings have to name. */
  readonly named?: readonly string[];
  /** The cause in the case as JSON, and what stands there where it is taken away. */
  readonly without: readonly (readonly [cause: RegExp, instead: string])[];
  /** What is decided then. */
  readonly then: Partial<Decision>;
}

/** Projects of several cases share a NETID as well, and without one they are not joined. */
const apart = [/,"netid":\d+/g, ''] as const;
const cases: readonly Case[] = [
  {
    file: '01-ovn-default-gateway',
    right: { gets: { shop: '172.20.0.2' } },
    never: ['172.20.0.1'],
    keptBack: { '172.20.0.1': 'it is the default gateway of node w1' },
    without: [[/k8s.ovn.org\/l3-gateway-config/g, 'none']],
    then: { gets: { shop: '172.20.0.1' } },
  },
  {
    file: '02-azure-reserved',
    right: { gets: fiveFrom('10.0.1', 4) },
    never: ['10.0.1.0', '10.0.1.1', '10.0.1.2', '10.0.1.3', '10.0.1.255'],
    keptBack: {
      '10.0.1.3': 'the subnet 10.0.1.0/24 of nodes keeps 10.0.1.0-10.0.1.3 for itself',
    },
    without: [[/Azure|azure:/g, 'None']],
    then: { gets: fiveFrom('10.0.1', 1) },
  },
  {
    file: '04-aws-ovn-reserved',
    right: { gets: fiveFrom('10.0.128', 4) },
    never: ['10.0.128.0', '10.0.128.1', '10.0.128.2', '10.0.128.3', '10.0.128.255'],
    keptBack: { '10.0.128.3': 'the subnet 10.0.128.0/24 of nodes keeps 10.0.128.0-10.0.128.3 for itself' },
    without: [[/AWS|aws:/g, 'None']],
    then: { gets: fiveFrom('10.0.128', 1) },
  },
  {
    file: '05-vip-kubevirt',
    right: { gets: { t0: '172.20.0.4', t1: '172.20.0.5', t2: '172.20.0.6' } },
    never: ['172.20.0.2', '172.20.0.3'],
    without: [[/apiServerInternalIP|ingressIP/g, 'other']],
    then: { gets: { t0: '172.20.0.2', t1: '172.20.0.3', t2: '172.20.0.4' } },
  },
  {
    file: '16d-input-outside',
    right: { waits: { t: 'AddressNotHostable' }, findings: ['CIDRPartlyHostable EgressIPAM/p'] },
    never: ['10.0.0.77'],
    without: [[/(10\.0\.1\.1[12])\/24/g, '$1/23']],
    then: { gets: { t: '10.0.0.77' } },
  },
  {
    file: '16e-subnet-edges',
    right: {
      gets: { t0: '10.0.0.2', t1: '10.0.0.5' },
      waits: { t2: 'WaitingForAddress', t3: 'WaitingForAddress' },
      findings: ['AddressesExhausted EgressIPAM/p'],
    },
    never: ['10.0.0.0', '10.0.0.3', '10.0.0.4', '10.0.0.7'],
    keptBack: { '10.0.0.4': 'the subnet 10.0.0.4/30 of nodes keeps 10.0.0.4 for itself' },
    without: [[/\/30/g, '/29']],
    then: { gets: { t0: '10.0.0.2', t1: '10.0.0.3', t2: '10.0.0.4', t3: '10.0.0.5' } },
  },
  {
    file: '20-hostsubnet-no-node',
    right: {
      gets: { t: '10.0.0.4' },
      waits: { s: 'JoinedNetwork' },
      findings: ['HostSubnetWithoutNode HostSubnet/gone', 'JoinedNetwork Namespace/t'],
    },
    without: [[/("kind":"Node","metadata":\{"name":)"w1"/, '$1"gone"']],
    then: {
      gets: { t: '10.0.0.4' },
      waits: { s: 'JoinedNetwork' },
      findings: ['JoinedNetwork Namespace/t'],
      carried: 1,
    },
  },
  {
    file: '25-host-addresses',
    right: { gets: { s: '172.20.0.3' } },
    never: ['172.20.0.2'],
    without: [[/k8s.ovn.org\/host-addresses/g, 'none']],
    then: { gets: { s: '172.20.0.2' } },
  },
  {
    file: '30b-dhcpv6-128',
    right: { waits: { s: 'WaitingForNodes' }, findings: ['CIDRNotHostable EgressIPAM/p'] },
    named: ['1001:db8::/64'],
    without: [[/\/128/g, '/64']],
    then: { gets: { s: '192.168.126.2,1001:db8::1' } },
  },
  {
    file: '33-terminal-escapes',
    right: { waits: { evil: 'InvalidAddress', evil2: 'EgressIPAMNotFound' } },
    without: [[/"\\u001b\[2J[^"]*"/, '""'], [/\\r[^"]*/, ''], apart],
    then: { gets: { evil: '10.0.0.1', evil2: '10.0.0.2' } },
  },
  {
    file: '37c-two-pools-one-subnet',
    right: {
      gets: { s: '172.20.0.17', t: '172.20.0.33' },
      findings: ['TopologyNotEnforceable EgressIPAM/tenant-a', 'TopologyNotEnforceable EgressIPAM/tenant-b'],
    },
    named: ['wa (EgressIPAM tenant-a)', 'wb (EgressIPAM tenant-b)'],
    without: [[/172\.20\.0\.(102|32)/g, '172.20.9.$1']],
    then: { gets: { s: '172.20.0.17', t: '172.20.9.33' } },
  },
  {
    file: '40-special-loopback',
    right: {
      waits: { s: 'WaitingForAddress' },
      findings: ['AddressesExhausted EgressIPAM/p', 'UnusableCIDR EgressIPAM/p'],
    },
    without: [[/127\.0\.0\.0/, '10.9.0.0']],
    then: { gets: { s: '10.9.0.1' } },
  },
  {
    file: '46e-new-node-has-it',
    right: {
      gets: { s: '10.0.0.5' },
      findings: ['AddressConflict Namespace/s', 'AddressConflict Node/w9'],
      carried: 1,
    },
    without: [[/"(address|hostIP)":"10\.0\.0\.5"/g, '"$1":"10.0.0.202"']],
    then: { gets: { s: '10.0.0.5' }, carried: 1 },
  },
  {
    file: '61-forged-record',
    right: {
      waits: {
        bcast: 'AddressReserved',
        'node-ip': 'AddressInUse',
        outside: 'AddressOutsideCIDR',
        reserved: 'AddressReserved',
        two: 'WrongAddressCount',
      },
    },
    never: ['10.0.0.200', '10.0.0.1', '198.51.100.7', '10.0.0.255', '10.0.0.9', '10.0.0.10'],
    without: [
      [/"reservedIPs":\["10\.0\.0\.1"\]/, '"reservedIPs":[]'],
      [/"(address|hostIP)":"10\.0\.0\.200"/g, '"$1":"10.0.0.202"'],
      [/10\.0\.0\.9,10\.0\.0\.10/g, '10.0.0.9'],
      apart,
    ],
    then: {
      gets: { 'node-ip': '10.0.0.200', reserved: '10.0.0.1', two: '10.0.0.9' },
      waits: { bcast: 'AddressReserved', outside: 'AddressOutsideCIDR' },
    },
  },
  {
    file: '61b-forged-past-selector',
    right: { waits: { honest: 'NamespaceNotAllowed', stranger: 'NamespaceNotAllowed' } },
    never: ['10.0.0.1', '10.0.0.7'],
    without: [[/namespaceSelector/, 'none'], apart],
    then: { gets: { honest: '10.0.0.7' }, waits: { stranger: 'AddressReserved' } },
  },
  {
    file: '62-joined-namespaces',
    right: { waits: { a: 'JoinedNetwork', b: 'JoinedNetwork', global: 'JoinedNetwork' } },
    without: [apart],
    then: { gets: { a: '10.0.0.1', b: '10.0.0.2', global: '10.0.0.3' } },
  },
];

function fiveFrom(subnet: string, first: number): Readonly<Record<string, string>> {
  return Object.fromEntries([0, 1, 2, 3, 4].map((count) => [`t${count}`, `${subnet}.${first + count}`]));
}

const own = fileURLToPath(new URL('cases', import.meta.url));
const shared = sharedFolder('cases');

describe.each([
  ['our own copy', own, ''],
  ['as it came', shared ?? '', shared === undefined ? 'the cases from the field are not in ../shared/cases' : ''],
])('a case from the field, %s', (_, folder, missing) => {
  describe.each(cases)('$file', ({ file, right, never = [], keptBack = {}, named = [], without, then }) => {
    it('is decided right', unless(missing !== '', missing), async () => {
      const { plan, text } = await planOf(read(folder, file));
      expect(decisionOf(plan)).toEqual(decision(right));
      expect(namedBy(plan).filter((address) => never.includes(address))).toEqual([]);
      for (const name of named) expect(text).toContain(name);
      for (const [address, reason] of Object.entries(keptBack))
        expect(await explained(address, read(folder, file))).toContain(`It is given to nobody: ${reason}.`);
    });

    it('is decided otherwise without its cause', unless(missing !== '', missing), async () => {
      const objects = JSON.stringify(objectsOf(folder, file));
      const input = without.reduce((text, [cause, instead]) => text.replace(cause, instead), objects);
      const { plan, text } = await planOf(input);
      expect(decisionOf(plan)).toEqual(decision(then));
      if (never.length > 0) expect(namedBy(plan).some((address) => never.includes(address))).toBe(true);
      for (const name of named) expect(text).not.toContain(name);
      for (const [address, reason] of Object.entries(keptBack))
        expect(await explained(address, input)).not.toContain(reason);
    });
  });
});

it('has a copy of every case, and a line in the table', unless(shared === undefined, 'nothing to compare with'), () => {
  const files = cases.map(({ file }) => file).sort();
  for (const folder of [own, shared ?? '']) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    expect(names.map((name) => basename(name, '.yaml')).sort()).toEqual(files);
  }
  for (const file of files) expect(objectsOf(own, file)).toEqual(objectsOf(shared ?? '', file));
});

function read(folder: string, file: string): string {
  return readFileSync(`${folder}/${file}.yaml`, 'utf8');
}

function objectsOf(folder: string, file: string): readonly unknown[] {
  return parseAllDocuments(read(folder, file)).map((document) => document.toJS() as unknown);
}

function decision(of: Partial<Decision>): Decision {
  return { gets: {}, waits: {}, findings: [], carried: 0, ...of };
}

async function planOf(input: string): Promise<{ readonly plan: Plan; readonly text: string }> {
  const { out } = await runCli(['plan', '-', '-o', 'json'], { input });
  const plan = JSON.parse(out) as Plan;
  return { plan, text: plan.findings.map(({ message }) => message).join('\n') };
}

async function explained(address: string, input: string): Promise<string> {
  return (await runCli(['explain', address, '-'], { input })).out;
}

function decisionOf({ allocations, waiting, findings, egressIPAMs }: Plan): Decision {
  const waits = Object.fromEntries(waiting.map(({ namespace, reason }) => [namespace, reason.code]));
  return {
    gets: Object.fromEntries(allocations.map(({ namespace, addresses }) => [namespace, addresses.join(',')])),
    waits,
    findings: findings
      .filter(({ object }) => object.kind !== 'Namespace' || waits[object.name] === undefined)
      .map(({ code, object }) => `${code} ${object.kind}/${object.name}`)
      .sort(),
    carried: egressIPAMs.reduce((sum, { carried }) => sum + carried, 0),
  };
}

/** Every address that a plan gives, hosts, binds or attaches. */
function namedBy({ allocations, steps }: Plan): readonly string[] {
  return [...allocations, ...steps].flatMap(textsIn);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,/]+/);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
