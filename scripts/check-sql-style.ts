import { join } from "node:path";
import { projectRoot } from "../worker/database/root.ts";
import { readSqlFiles } from "../worker/database/sql-files.ts";
import { checkSqlFile } from "./sql-style/rules.ts";

const problems: string[] = [];
let count = 0;
for (const folder of ["migrations", "sql"] as const) {
  for (const { path, text } of await readSqlFiles(join(projectRoot, folder))) {
    count += 1;
    for (const { line, cure } of checkSqlFile(folder, path, text)) {
      problems.push(`${folder}/${path}:${line}: ${cure}`);
    }
  }
}

for (const problem of problems) console.error(problem);
console.log(`${count} SQL files, ${problems.length} departures from the house style`);
if (problems.length > 0) process.exitCode = 1;
