/**
 * node scripts/count-tests.js REPORT: reads vitest's JSON report and prints `<passed> <failed> <skipped>`; names what failed
 * and what was skipped on stderr. No report, or one that cannot be read, is one failure. For .ci/run, where even the install may
 * have failed: plain JavaScript for any Node.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {{ success: boolean, testResults: { name: string, status: string, message?: string,
 *   assertionResults: { fullName: string, status: string }[] }[] }} Report
 */

/**
 * @param {Report} report
 * @returns {{ passed: number, failed: string[], skipped: string[] }} names of those that did not pass
 */
export function countTests(report) {
  /** @type {{ passed: number, failed: string[], skipped: string[] }} */
  const counts = { passed: 0, failed: [], skipped: [] };
  for (const file of report.testResults) {
    for (const { fullName, status } of file.assertionResults) {
      if (status === 'passed') counts.passed += 1;
      else (status === 'failed' ? counts.failed : counts.skipped).push(`${file.name}: ${fullName}`);
    }
    const isFailedTest = file.assertionResults.some(({ status }) => status === 'failed');
    if (file.status === 'failed' && !isFailedTest) counts.failed.push(`${file.name}: ${file.message || 'the file failed'}`);
  }
  if (!report.success && counts.failed.length === 0) counts.failed.push('an error outside of any test');
  if (counts.passed + counts.failed.length === 0) counts.failed.push('no test was run');
  return counts;
}

/** @param {string} path */
function readReport(path) {
  try {
    return countTests(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    return { passed: 0, failed: [`no test report: ${error instanceof Error ? error.message : String(error)}`], skipped: [] };
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { passed, failed, skipped } = readReport(process.argv[2] ?? '');
  for (const name of failed) process.stderr.write(`FAILED test: ${name}\n`);
  for (const name of skipped) process.stderr.write(`SKIPPED test: ${name}\n`);
  process.stdout.write(`${passed} ${failed.length} ${skipped.length}\n`);
}
