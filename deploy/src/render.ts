// Makes from the chart what other ways of installing need: node deploy/src/render.ts
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deployPath } from './paths.ts';
import { renderAll, renderedFolders } from './render/render-all.ts';
import { findTool } from './toolbox/find-tool.ts';

const helm = findTool('helm4');
if (helm === undefined) throw new Error('Helm is not here: node deploy/src/toolbox/install.ts helm4');

const files = renderAll(helm);
for (const folder of renderedFolders.filter((path) => existsSync(deployPath(path)))) {
  for (const name of readdirSync(deployPath(folder), { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (/\.\w+$/.test(name) && !files.has(path)) rmSync(deployPath(path));
  }
}
for (const [path, text] of files) {
  const file = deployPath(path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(path);
}
