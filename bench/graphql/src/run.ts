// Prints what the gateway costs, each figure with its bar; two sides of a ratio are measured in turns in one run.
import { addedLatency, openSubscriptions, imageByUrl, trivialMutation } from './measures.ts';

const figures = [await trivialMutation(), ...(await imageByUrl()), await addedLatency(), await openSubscriptions()];
for (const { what, value, bar, holds, details } of figures) {
  process.stdout.write(`${holds ? 'ok  ' : 'MISS'} ${what}: ${value.toFixed(2)} (bar ${bar}; ${details})\n`);
}
process.exitCode = figures.every(({ holds }) => holds) ? 0 : 1;
