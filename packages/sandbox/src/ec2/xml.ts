import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/**
 * The content of an XML element by the names of its children. Texts are strings, lists are in `item`, attributes are
 * left out.
 */
export type XmlElement = Readonly<Record<string, unknown>>;

const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, isArray: (name) => name === 'item' });
const builder = new XMLBuilder({ suppressEmptyNode: true });

/** Parses a document; the element given is the content of its root. */
export function parseXml(text: string): XmlElement {
  const { '?xml': _declaration, ...document } = asElement(parser.parse(text));
  return asElement(Object.values(document)[0]);
}

/** Renders a document with this root, in EC2's namespace. */
export function renderXml(root: string, content: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${builder.build(content)}</${root}>`;
}

/** The child of this name; an empty element when there is none. */
export function child(element: XmlElement, name: string): XmlElement {
  return asElement(element[name]);
}

/** The text of the child of this name; undefined when there is none or it is empty. */
export function text(element: XmlElement, name: string): string | undefined {
  const value = element[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The items of the list of this name. */
export function items(element: XmlElement, list: string): XmlElement[] {
  const value = child(element, list)['item'];
  return Array.isArray(value) ? value.map(asElement) : [];
}

function asElement(value: unknown): XmlElement {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
