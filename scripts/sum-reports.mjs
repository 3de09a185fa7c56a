// Adds up the reports that every test run leaves, and fails where one failed or there was none. Runs on the machine's
// own Node, which may be 20.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = ['packages', 'tests'].flatMap((group) =>
  readdirSync(group).map((name) => join(group, name, '.reports')),
);
const reports = folders
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(file, 'utf8')));
const passed = reports.reduce((sum, report) => sum + report.numPassedTests, 0);
const failed = reports.reduce((sum, report) => sum + report.numTotalTests - report.numPassedTests, 0);
const broken = reports.filter((report) => !report.success).length;
if (reports.length === 0) console.log('No test run left a report.');
if (broken > 0) console.log(`${broken} of ${reports.length} test runs did not succeed.`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = reports.length === 0 || broken > 0 || failed > 0 ? 1 : 0;
