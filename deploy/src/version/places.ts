import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { chartFolder, deployPath, root } from '../paths.ts';
import { readProject } from '../project.ts';

/** A place that names the version of the project. */
export interface VersionPlace {
  readonly name: string;
  read(): string;
  write(version: string): void;
}

const chart = deployPath(`${chartFolder}/Chart.yaml`);
const images = ['annotations', 'artifacthub.io/images'];
const readChart = (): ReturnType<typeof parseDocument> => parseDocument(readFileSync(chart, 'utf8'));

/** A text of the chart that is the version, or that names an image by it. */
function inChart(path: readonly string[], image?: string): VersionPlace {
  const line = image === undefined ? /^()(\S+)$/ : new RegExp(`(image: \\S+/${image}:)(\\S+)`);
  const textAt = (): string => String(readChart().getIn(path));
  return {
    name: ['Chart.yaml', path.join('.'), ...(image === undefined ? [] : [image])].join(' '),
    read: () => line.exec(textAt())?.[2] ?? '',
    write: (version) => {
      const document = readChart();
      document.setIn(path, textAt().replace(line, `$1${version}`));
      writeFileSync(chart, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
    },
  };
}

function inPackage(name: string): VersionPlace {
  const file = join(root, 'packages', name, 'package.json');
  const line = /("version": ")([^"]+)/;
  return {
    name: `packages/${name}/package.json`,
    read: () => line.exec(readFileSync(file, 'utf8'))?.[2] ?? '',
    write: (version) => writeFileSync(file, readFileSync(file, 'utf8').replace(line, `$1${version}`)),
  };
}

/** Every place that is written by hand or by changesets; what is made from the chart follows by rendering. */
export function versionPlaces(): readonly VersionPlace[] {
  return [
    ...readdirSync(join(root, 'packages')).map(inPackage),
    inChart(['version']),
    inChart(['appVersion']),
    inChart(images, 'operator'),
    inChart(images, 'agent'),
  ];
}

/** Places whose version is not that of the packages, as `NAME: VERSION`. */
export function differingPlaces(version = readProject().version): readonly string[] {
  return versionPlaces()
    .filter((place) => place.read() !== version)
    .map((place) => `${place.name}: ${place.read()}`);
}
