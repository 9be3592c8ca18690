import { readSync } from "node:fs";
import { createPool } from "../../../worker/database/pool.ts";
import { runNightly } from "../../../worker/nightly/run.ts";

/*
 * A process that runs a night, to be stopped and killed by a test. It prints a line after each batch
 * and after the batch of that number stands still, as a process does that the system has frozen.
 */
const [url = "", organizationId = "", runOn = "", batchSize = "1", freezeAfter = "0"] =
  process.argv.slice(2);

const pool = createPool(url, { applicationName: "nightly-child" });
let batches = 0;
try {
  const run = await runNightly(pool, {
    organizationId,
    runOn,
    batchSize: Number(batchSize),
    onProgress: () => {
      batches += 1;
      process.stdout.write(`batch ${batches}\n`);
      if (batches === Number(freezeAfter)) readSync(0, Buffer.alloc(1));
    },
  });
  process.stdout.write(`${run.state}\n`);
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code ?? String(error)}\n`);
  process.exitCode = 1;
} finally {
  await pool.end();
}
