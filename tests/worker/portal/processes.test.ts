import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCrontab } from "graphile-worker";
import { describe, expect } from "vitest";
import { projectRoot } from "../../../worker/database/root.ts";
import { start } from "../../support/command.ts";
import type { Running } from "../../support/command.ts";
import { test } from "../../support/dataverse.ts";
import type { PortalStage } from "../../support/dataverse.ts";
import { eventually } from "../../support/nightly/stage.ts";
import { seededRandom } from "../../support/portal/random.ts";

const PATIENCE = { timeout: 50_000 };

/** A worker as it is started for good; it ends with the test. */
async function aWorkerProcess(portal: PortalStage): Promise<Running> {
  const worker = start("worker/main.ts", [], {
    ...portal.simulator.environment(),
    DATABASE_URL: portal.url,
    LOG_LEVEL: "info",
  });
  await worker.says(/worker started/);
  return worker;
}

/** Until website and database agree, and the database knows it. */
async function untilTold(portal: PortalStage): Promise<void> {
  await eventually(async () => {
    expect(await portal.waiting()).toBe(0);
    expect(await portal.disagreements()).toEqual([]);
  }, PATIENCE);
}

describe("P2: a running worker", () => {
  test("hides a mentor as soon as the pause commits", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);
    await aWorkerProcess(portal);
    await untilTold(portal);
    expect(portal.simulator.isPubliclyVisible(mentor!.key)).toBe(true);

    await portal.pause(mentor!);
    await untilTold(portal);

    expect(portal.simulator.isPubliclyVisible(mentor!.key)).toBe(false);
  });

  test("finds by the sweep what lost its job", async ({ portal }) => {
    const mentors = await portal.visible(3);
    await aWorkerProcess(portal);
    await untilTold(portal);
    const client = await portal.pool.connect();
    try {
      await client.query("begin");
      await client.query(
        "select from unnest($1::uuid[]) as id, app_public.pause_mentor(id, 'Needs a rest')",
        [mentors.map(({ id }) => id)],
      );
      await client.query("delete from graphile_worker._private_jobs where locked_at is null");
      await client.query("commit");
    } finally {
      client.release();
    }
    expect(await portal.waiting()).toBe(3);

    // As the schedule does it every minute.
    const sweep = (await readSchedule()).find(({ task }) => task === "portal__sync")!;
    expect(sweep.match.toString()).toBe(parseCrontab("* * * * * x")[0]!.match.toString());
    await portal.pool.query("select from graphile_worker.add_job($1, job_key => $2)", [
      sweep.task,
      sweep.options.jobKey,
    ]);
    await untilTold(portal);

    expect(portal.simulator.rows().filter(({ visible }) => visible)).toEqual([]);
  });

  test("comes back to what failed by itself", async ({ portal }) => {
    const [mentor] = await portal.visible(1);
    await aWorkerProcess(portal);
    await untilTold(portal);
    portal.simulator.inject({ on: "write", effect: "reset" });

    await portal.pause(mentor!);
    await untilTold(portal);

    expect(portal.simulator.isPubliclyVisible(mentor!.key)).toBe(false);
  });

  test("repairs what somebody showed, when it is asked to compare", async ({ portal }) => {
    const mentor = await portal.oneHidden();
    portal.simulator.edit(mentor.key, { visible: true });
    await aWorkerProcess(portal);

    await portal.pool.query("select from app_public.reconcile_portal($1)", [portal.association.id]);
    await eventually(
      async () => expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false),
      PATIENCE,
    );
  });
});

async function readSchedule() {
  return parseCrontab(await readFile(join(projectRoot, "crontab"), "utf8"));
}

describe("P2, P6: three worker processes, of which one is killed", () => {
  test("converge, and show nobody wrongly", async ({ portal }) => {
    const { simulator } = portal;
    const random = seededRandom(20_260_101);
    const mentors = await portal.enrol(20);
    simulator.latencyMs = 20;
    const workers = await Promise.all([1, 2, 3].map(() => aWorkerProcess(portal)));
    const paused = new Set<string>();

    for (let flip = 0; flip < 60; flip += 1) {
      const mentor = random.pick(mentors);
      if (paused.delete(mentor.id)) await portal.resume(mentor);
      else {
        paused.add(mentor.id);
        await portal.pause(mentor);
      }
      if (flip % 7 === 0) simulator.inject({ on: "write", effect: "apply_late", afterMs: 100 });
      if (flip === 30) await workers[0]!.kill("SIGKILL");
      // Its leases end, and so do the back-offs.
      if (flip > 30) await portal.passTime();
    }
    await portal.passTime();
    await Promise.all(simulator.lateWrites);
    await portal.pool.query("select from app_private.wake_portal_sync()");
    await untilTold(portal);

    expect(await portal.wronglyShown()).toEqual([]);
    await Promise.all(workers.slice(1).map((worker) => worker.kill("SIGTERM")));
  });
});
