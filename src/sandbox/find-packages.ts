/** Packages that code in a sandbox may import, taken from a folder of the host and seen read-only. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import type { PackageMount, SandboxLanguage } from './sandbox.ts';

export type FoundPackages = { kind: 'found'; mounts: PackageMount[] } | { kind: 'missing'; reason: string };

/** With all that they depend on. */
const maxPackages = 500;
const npmName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i;
const pythonName = /^[A-Za-z_]\w*$/;
const manifestSchema = z.object({ dependencies: z.record(z.string(), z.unknown()).default({}) });

/**
 * @param folder for JavaScript and TypeScript one that has `node_modules`, for Python one of importable packages
 * @param names as they are imported, without a path inside the package
 */
export async function findPackages(folder: string, names: readonly string[], language: SandboxLanguage): Promise<FoundPackages> {
  const root = await realpath(folder).catch(() => null);
  if (root === null) return { kind: 'missing', reason: `There is no folder ${folder} to take packages from.` };
  return language === 'python' ? findPythonPackages(root, names) : findNodePackages(root, names);
}

/** Dependencies are looked up where npm puts them: inside the package, which is seen as a whole, or beside it. */
async function findNodePackages(root: string, names: readonly string[]): Promise<FoundPackages> {
  const mounts = new Map<string, PackageMount>();
  const waiting = names.map((name) => ({ name, isNamed: true }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, isNamed } = next;
    if (mounts.has(name)) continue;
    if (!npmName.test(name)) return { kind: 'missing', reason: `"${name}" is not the name of a package.` };
    const source = await findInside(root, join('node_modules', name));
    if (source === null) {
      if (isNamed) return { kind: 'missing', reason: `There is no package "${name}" in ${join(root, 'node_modules')}.` };
      continue;
    }
    mounts.set(name, { source, target: `node_modules/${name}` });
    if (mounts.size > maxPackages) return { kind: 'missing', reason: `The packages need more than ${maxPackages} others.` };
    waiting.push(...(await listDependencies(source)).map((dependency) => ({ name: dependency, isNamed: false })));
  }
  return { kind: 'found', mounts: [...mounts.values()] };
}

async function findPythonPackages(root: string, names: readonly string[]): Promise<FoundPackages> {
  const mounts: PackageMount[] = [];
  for (const name of names) {
    if (!pythonName.test(name)) return { kind: 'missing', reason: `"${name}" is not the name of a package.` };
    const asFolder = await findInside(root, name);
    const source = asFolder ?? (await findInside(root, `${name}.py`));
    if (source === null) return { kind: 'missing', reason: `There is no package "${name}" in ${root}.` };
    mounts.push({ source, target: `site-packages/${name}${asFolder === null ? '.py' : ''}` });
  }
  return { kind: 'found', mounts };
}

/** The real path of what is there; null when there is nothing, or a link that leads out of the root. */
async function findInside(root: string, path: string): Promise<string | null> {
  const found = await realpath(join(root, path)).catch(() => null);
  return found?.startsWith(root + sep) === true ? found : null;
}

async function listDependencies(folder: string): Promise<string[]> {
  const path = join(folder, 'package.json');
  const size = await stat(path).then(
    (file) => file.size,
    () => null,
  );
  if (size === null || size > 1_000_000) return [];
  try {
    return Object.keys(manifestSchema.parse(JSON.parse(await readFile(path, 'utf8'))).dependencies);
  } catch {
    return [];
  }
}
