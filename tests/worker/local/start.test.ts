import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withClient } from "../../../worker/database/pool.ts";
import { refusalSentence, run, start } from "../../support/command.ts";
import type { Running } from "../../support/command.ts";

const START = "worker/local/start.ts";

/** Kept from test to test: to create the server's data takes longer than all the rest. */
let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "start-test-"));
  await chmod(data, 0o755);
});
afterAll(() => rm(data, { recursive: true, force: true }));

/** Waits until everything is said and the worker works; returns the database's address. */
async function untilRunning(starting: Running): Promise<string> {
  const [, url = ""] = await starting.says(/export DATABASE_URL='(.+)'/);
  await starting.says(/begins anew\./);
  return url;
}

async function isGone(url: string): Promise<boolean> {
  return await withClient(url, async () => false).catch((error: { code?: string }) => {
    return error.code === "ECONNREFUSED";
  });
}

async function nights(url: string): Promise<unknown[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query(
      "select r.state, r.paused_count, r.reminded_count from app_public.nightly_runs as r",
    );
    return rows;
  });
}

describe("X4: npm start", () => {
  test("shows a night and what to try, works until Ctrl-C, and leaves no server", async () => {
    const starting = start(START, ["--data", data]);
    const url = await untilRunning(starting);
    const night = await nights(url);
    const { status, stdout, stderr } = await starting.kill("SIGINT");

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("demonstration organisation of forty mentors in three chapters");
    expect(stdout).toMatch(/Preview of the night of \d{4}-\d\d-\d\d for Demonstrasjonslaget:/);
    expect(stdout).toMatch(/^pause +M001 +Likeperson +\S+ +Required certification .* expired/m);
    expect(stdout).toMatch(/^remind \(7\) +M006 .* covers the missed 14\.$/m);
    expect(stdout).toMatch(
      /^The run of \S+ succeeded: 3 paused, 2 hidden, 4 reminded, 0 followed up, 1 resumed, 1 shown, 32 left alone\.$/m,
    );
    expect(stdout).toMatch(/^ {2}active +34 mentors, 28 of them wanted on the website$/m);
    expect(stdout).toMatch(/^ {2}npm run nightly -- --organization demo --preview/m);
    expect(stdout).toMatch(/Stopping …\n$/);
    expect(night).toEqual([{ state: "succeeded", paused_count: 3, reminded_count: 4 }]);
    expect(await isGone(url)).toBe(true);
  });

  test("C2: a second time has nothing to do; killed, it recovers the third time", async () => {
    const second = start(START, ["--data", data]);
    const url = await untilRunning(second);
    expect(await second.kill("SIGKILL")).toMatchObject({
      signal: "SIGKILL",
      stdout: expect.stringContaining("Nothing to do: every mentor is left alone."),
    });
    expect(await isGone(url), "the server outlives its owner").toBe(false);

    const third = start(START, ["--data", data]);
    const again = await untilRunning(third);
    const night = await nights(again);
    const { status, stdout, stderr } = await third.kill("SIGTERM");

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Nothing to do: every mentor is left alone.");
    expect(stdout).not.toContain("demonstration organisation of forty mentors");
    expect(night).toMatchObject([{ paused_count: 3, reminded_count: 4 }]);
    expect(await isGone(again)).toBe(true);
  });
});

describe("what cannot be started ends with 1 and one sentence", () => {
  test.for<{ args: string[]; environment: Record<string, string>; says: RegExp }>([
    { args: ["--frobnicate"], environment: {}, says: /Unknown option '--frobnicate'/ },
    {
      args: [],
      environment: { DATABASE_URL: "mysql://localhost/mentor" },
      says: /DATABASE_URL must look like/,
    },
    {
      args: ["--fresh"],
      environment: { DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor" },
      says: /--fresh and --data are for the embedded database/,
    },
    {
      args: [],
      environment: { DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor" },
      says: /connect ECONNREFUSED/,
    },
  ])("$args $environment", async ({ args, environment, says }) => {
    const ended = await run(START, args, environment);

    expect(refusalSentence("start", ended)).toMatch(says);
    expect(ended.stderr).not.toContain("s3cret");
  });
});
