import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { gatewayVariables } from './gateway-config.ts';

it('every variable of tintype serve is in the README, in the words of its help', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ');
  for (const [name, says] of Object.entries(gatewayVariables)) expect(readme).toContain(`| \`${name}\` | ${says} |`);
});
