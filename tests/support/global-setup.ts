import pg from "pg";
import type { TestProject } from "vitest/node";
import { startTestServer } from "./server.ts";
import { beginRun, endRun, prepareTemplate } from "./template.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection string of the server's own database, for creating others. */
    serverUrl: string;
    templateDatabase: string;
    /** The number that this run's databases carry in their names. */
    testRun: number;
  }
}

/** One server and one migrated template for the whole run; files clone the template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  const admin = new pg.Client({ connectionString: server.url });
  admin.on("error", () => {});
  const teardown = async () => {
    // A client that is left open would keep the run from ending, and hide why.
    try {
      await endRun(admin);
    } finally {
      await admin.end();
    }
    await server.stop();
  };
  try {
    await admin.connect();
    const { rows } = await admin.query<{ server_version: string }>("show server_version");
    process.stdout.write(`PostgreSQL ${rows[0]?.server_version} (${server.description})\n`);
    project.provide("serverUrl", server.url);
    project.provide("testRun", await beginRun(admin));
    project.provide("templateDatabase", await prepareTemplate(admin, server.url));
  } catch (error) {
    await teardown().catch(() => {});
    throw error;
  }
  return teardown;
}
