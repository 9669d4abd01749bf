import junit from 'junit-report-builder';
import type { FuzzReport } from '../report/fuzz-report.ts';

/** The package is the builder itself, and its types say that it has one. */
const builder = 'default' in junit ? junit.default : junit;

/** The report as JUnit's XML: one test case a property, and one for zabsim itself. */
export function junitText(report: FuzzReport): string {
  const document = builder.newBuilder().name('zabsim fuzz');
  const suite = document
    .testSuite()
    .name(`zabsim ${report.release} seed ${report.seed}`)
    .time(report.wallMs / 1000);
  for (const { name, premises } of report.properties) {
    const test = suite.testCase().className(`zabsim.${report.release}`).name(name);
    const failures = report.failures.filter(({ property }) => property === name);
    // JUnit knows one failure a test.
    if (failures.length > 0)
      test.failure(
        failures
          .map(({ why, runs, reproduce }) => `${why} (${runs.length} of ${report.runs} runs)\n${reproduce}`)
          .join('\n'),
        'violation',
      );
    else if (premises === 0) test.skipped();
    test.standardOutput(`premises: ${premises}; runs: ${report.runs}; events: ${report.events}`);
  }
  const own = suite.testCase().className(`zabsim.${report.release}`).name('zabsim itself');
  if (report.ownFaults.length > 0)
    own.error(report.ownFaults.map(({ run, message }) => `run ${run}: ${message}`).join('\n'), 'fault of zabsim');
  return document.build();
}
