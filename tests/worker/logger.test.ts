import { describe, expect } from "vitest";
import { createLogger, graphileLogger } from "../../worker/logger.ts";
import { startWorker } from "../../worker/runner.ts";
import {
  addJob,
  anOrganizationWithWork,
  eventually,
  inTheNight,
  jobs,
} from "../support/nightly/stage.ts";
import { recordingLogger, test } from "../support/worker.ts";

const PASSWORD = "correct-horse-battery";

function withPassword(url: string): string {
  const secret = new URL(url);
  if (secret.password === "") secret.password = PASSWORD;
  return secret.href;
}

/** What of an address must be in no log line. */
function secretsOf(url: string): string[] {
  const { password, host } = new URL(url);
  return [url, password, `@${host}`];
}

describe("no log line holds the connection string or its password", () => {
  test("of a worker that works, fails a job, loses its connections and stops", async ({
    fresh,
    aWorker,
  }) => {
    const url = withPassword(await fresh());
    await inTheNight(url, async (client) => {
      await anOrganizationWithWork(client);
      await addJob(client, "nightly__run", "junk");
      const worker = await aWorker(url);
      await eventually(async () => {
        expect(await jobs(client)).toMatchObject([{ attempts: 1, locked_by: null }]);
      });
      await client.query(
        `select pg_terminate_backend(a.pid)
         from pg_stat_activity as a
         where a.datname = current_database()
           and a.application_name = 'mentor-lifecycle-worker'`,
      );
      await eventually(async () => {
        expect(worker.lines.join("")).toMatch(/terminating connection/);
      });
      await worker.stop();

      expect(worker.lines.length).toBeGreaterThan(5);
      for (const secret of secretsOf(url)) expect(worker.lines.join("")).not.toContain(secret);
    });
  });

  test.for([
    { name: "nobody listens", change: (url: URL) => (url.port = "1") },
    { name: "there is no such database", change: (url: URL) => (url.pathname = "/nowhere") },
    { name: "there is no such login", change: (url: URL) => (url.username = "nobody-here") },
    { name: "the host has no address", change: (url: URL) => (url.hostname = "db.invalid") },
  ])("when connecting fails because $name", async ({ change }, { databaseUrl }) => {
    const url = new URL(withPassword(databaseUrl));
    change(url);
    const { logger, lines } = recordingLogger();

    const failure = await startWorker(url.href, logger).then(
      () => new Error("it did start"),
      (error: unknown) => error as Error,
    );

    const said = `${lines.join("")}${failure.message}${failure.stack}`;
    expect(said).not.toContain("it did start");
    for (const secret of secretsOf(url.href)) expect(said).not.toContain(secret);
  });
});

describe("a log line", () => {
  test("is JSON with level, time in UTC, and the ids of the job", () => {
    const { logger, entries } = recordingLogger();

    graphileLogger(logger)
      .scope({ label: "job", taskIdentifier: "nightly__run", jobId: "7", workerId: "w" })
      .warn("it takes long");

    expect(entries()).toEqual([
      {
        level: "warn",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service: "mentor-lifecycle",
        task: "nightly__run",
        job_id: "7",
        worker_id: "w",
        msg: "it takes long",
      },
    ]);
  });

  test("below the level is not written", () => {
    const lines: string[] = [];
    const logger = createLogger("warn", { write: (line) => void lines.push(line) });

    graphileLogger(logger).info("as usual");
    graphileLogger(logger).error("not as usual");

    expect(lines).toHaveLength(1);
  });
});
