/** What of a CycloneDX bill of materials the notices need. */
export interface BillOfMaterials {
  readonly components?: readonly BomComponent[];
}

/** A component of it. */
export interface BomComponent {
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly licenses?: readonly BomLicense[];
  readonly properties?: readonly { readonly name: string; readonly value?: string }[];
  readonly evidence?: { readonly licenses?: readonly BomLicense[] };
}

interface BomLicense {
  readonly expression?: string;
  readonly license?: {
    readonly id?: string;
    readonly name?: string;
    readonly text?: { readonly content: string; readonly encoding?: string };
  };
}

/** `GROUP/NAME VERSION` of a component. */
export function nameOf({ group, name, version }: BomComponent): string {
  return `${group === undefined ? '' : `${group}/`}${name} ${version ?? ''}`.trim();
}

/** The licence that a component declares, as SPDX has it; empty where it declares none. */
export function licenseOf({ licenses = [] }: BomComponent): string {
  return licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? '').join(' AND ');
}

/** The licences of what is bundled, each text once, under the names of all that have it. */
export function renderNotices({ components = [] }: BillOfMaterials): string {
  const namesByText = new Map<string, string[]>();
  for (const component of components) {
    const texts = (component.evidence?.licenses ?? []).flatMap(({ license }) =>
      license?.text === undefined ? [] : [decode(license.text)],
    );
    for (const text of texts.length > 0
      ? texts
      : [`Licensed under ${licenseOf(component)}; the package has no text of it.`]) {
      namesByText.set(text, [...(namesByText.get(text) ?? []), `${nameOf(component)} (${licenseOf(component)})`]);
    }
  }
  const sections = [...namesByText].map(([text, names]) => `${names.join('\n')}\n\n${text}`);
  return `EgressIP IPAM contains the following software.\n\n${sections.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function decode({ content, encoding }: { readonly content: string; readonly encoding?: string }): string {
  return (encoding === 'base64' ? Buffer.from(content, 'base64').toString('utf8') : content).trim();
}
