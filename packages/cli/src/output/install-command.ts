import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * The command that installs packages where this program finds them: beside it in a project, beside it globally, or along with
 * it under npx.
 *
 * @param self - a path inside this package
 */
export function installCommand(packages: readonly string[], self: string = import.meta.dirname): string {
  const names = packages.join(' ');
  const [home = ''] = self.split(`${sep}node_modules${sep}`);
  if (home.split(sep).includes('_npx')) return `npx -p tintype -p ${packages.join(' -p ')} tintype serve`;
  const isGlobal = home !== self && !existsSync(join(home, 'package.json'));
  return isGlobal ? `npm install -g ${names}` : `npm install ${names}`;
}
