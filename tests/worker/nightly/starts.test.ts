import { expect } from "vitest";
import { createPool, withClient } from "../../../worker/database/pool.ts";
import { runNightly } from "../../../worker/nightly/run.ts";
import { test } from "../../support/database.ts";
import { anOrganizationWithWork, NIGHT } from "../../support/nightly/stage.ts";

test("F4 a second run is refused while the first is active, and the log shows both", async ({
  fresh,
}) => {
  const url = await fresh();
  const pool = createPool(url);
  try {
    const { id: organizationId } = await withClient(url, (client) =>
      anOrganizationWithWork(client),
    );
    const options = { organizationId, runOn: NIGHT, batchSize: 1 };
    let second: Promise<unknown> | undefined;
    await runNightly(pool, {
      ...options,
      onProgress: () => {
        second ??= runNightly(pool, options).catch((error: unknown) => error);
      },
    });

    expect(await second).toMatchObject({ code: "MNRUN" });
    const { rows } = await pool.query(
      "select run_on, outcome, attempt from app_public.nightly_run_starts order by id",
    );
    expect(rows).toEqual([
      { run_on: NIGHT, outcome: "started", attempt: 1 },
      { run_on: NIGHT, outcome: "refused", attempt: null },
    ]);
  } finally {
    await pool.end();
  }
});
