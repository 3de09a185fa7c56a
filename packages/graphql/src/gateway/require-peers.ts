import { createRequire } from 'node:module';
import { MissingPackagesError } from './configuration-error.ts';

/** Packages that only some gateways need. */
export interface Peers {
  readonly packages: readonly string[];
  /** What needs them, as the beginning of a sentence about several: `Images in S3`. */
  readonly what: string;
  /** As npm takes them, with versions where these matter. */
  readonly install: readonly string[];
}

/**
 * A `require` for packages that need not be installed and take their while to load. At once rather than by `import()`, so that
 * a gateway without them is told so when it is made.
 *
 * @throws MissingPackagesError - naming all that are not installed, and how to install them.
 */
export function requirePeers(
  { packages, what, install }: Peers,
  require: NodeJS.Require = createRequire(import.meta.url),
): NodeJS.Require {
  const missing = packages.filter((name) => !isInstalled(require, name));
  if (missing.length > 0) {
    const [noun, verb] = missing.length === 1 ? ['package', 'is'] : ['packages', 'are'];
    throw new MissingPackagesError(
      `${what} need the ${noun} ${missing.join(' and ')}, which ${verb} not installed.`,
      install,
    );
  }
  return require;
}

function isInstalled(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
