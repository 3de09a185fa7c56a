// Adds up the reports that every test run leaves, and fails where one failed or is missing. Runs on the machine's
// own Node, which may be 20.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const names = { test: 'test.json', 'test:e2e': 'e2e.json' };
const expected = ['packages', 'tests'].flatMap((group) =>
  readdirSync(group)
    .map((name) => join(group, name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .flatMap((folder) => {
      const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return Object.keys(names)
        .filter((script) => script in scripts)
        .map((script) => join(folder, '.reports', names[script]));
    }),
);
// A run that was cut off leaves none, whatever its exit code.
const missing = expected.filter((file) => !existsSync(file));
const reports = expected.filter((file) => existsSync(file)).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const passed = reports.reduce((sum, report) => sum + report.numPassedTests, 0);
const failed = reports.reduce((sum, report) => sum + report.numTotalTests - report.numPassedTests, 0);
const broken = reports.filter((report) => !report.success).length;
for (const file of missing) console.log(`${file} is missing: its test run did not end.`);
if (broken > 0) console.log(`${broken} of ${reports.length} test runs did not succeed.`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = missing.length > 0 || broken > 0 || failed > 0 ? 1 : 0;
