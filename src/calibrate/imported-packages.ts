/** Names of packages that JavaScript or TypeScript imports, in order of first mention. Read by pattern: what a comment imports counts too. */
import { isBuiltin } from 'node:module';

const imports =
  /(?<![\w$.])(?:require\s{0,20}\(|import\s{0,20}\(|from|import)\s{0,20}(["'])((?:@[\w.~-]{1,100}\/)?[\w~-][\w.~-]{0,100})(?:\/[^"'\n]{0,200})?\1/g;

/** Node's own modules are no packages. */
export function listImportedPackages(code: string): string[] {
  const names = Array.from(code.matchAll(imports), ([, , name = '']) => name);
  return [...new Set(names)].filter((name) => !isBuiltin(name));
}
