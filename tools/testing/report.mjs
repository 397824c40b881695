// What a report of Vitest says: `failed REPORT` prints the files to be run again, `count REPORT` how many tests passed,
// failed and were skipped.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [what, path] = process.argv.slice(2);
const again = path.replace(/\.json$/, '-again.json');
/** More than these are no accident of a busy machine. */
const mostAgain = 3;

const filesOf = (report) => JSON.parse(readFileSync(report, 'utf8')).testResults;
const hasFailed = ({ status }) => status === 'failed';

if (what === 'failed') {
  const failed = filesOf(path).filter(hasFailed);
  if (failed.length <= mostAgain) for (const { name } of failed) console.log(relative(process.cwd(), name));
} else {
  // A file counts as its last run went.
  const files = new Map(
    [path, again]
      .filter((report) => existsSync(report))
      .flatMap((report) => filesOf(report).map((file) => [file.name, file])),
  );
  const statuses = [...files.values()].flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (...wanted) => statuses.filter((status) => wanted.includes(status)).length;
  // A file that could not even start has no test that failed.
  const empty = [...files.values()].filter((file) => hasFailed(file) && !file.assertionResults.some(hasFailed));
  console.log(count('passed'), count('failed') + empty.length, statuses.length - count('passed', 'failed'));
}
