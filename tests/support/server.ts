import { startPostgres } from "../../worker/local/postgres.ts";

export interface TestServer {
  /** Connection string of a login that may create databases. */
  url: string;
  description: string;
  stop(): Promise<void>;
}

/** The server of TEST_DATABASE_URL, else one in a container, else the embedded one. */
export async function startTestServer(): Promise<TestServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given) return { url: given, description: "TEST_DATABASE_URL", stop: async () => {} };
  return (await startContainer()) ?? (await startEmbedded());
}

async function startEmbedded(): Promise<TestServer> {
  const server = await startPostgres({ persistent: false });
  return { url: server.url(), description: "embedded", stop: () => server.stop() };
}

/** An engine that cannot fetch the image, or does not answer at all, is as good as none. */
const CONTAINER_PATIENCE_MS = 90_000;

async function startContainer(): Promise<TestServer | undefined> {
  try {
    const { getContainerRuntimeClient } = await import("testcontainers");
    await getContainerRuntimeClient();
  } catch {
    return undefined;
  }
  try {
    const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
    const container = await new PostgreSqlContainer("postgres:18-alpine")
      .withDatabase("postgres")
      .withTmpFs({ "/var/lib/postgresql": "rw" })
      .withCommand([
        "postgres",
        "-c",
        "fsync=off",
        "-c",
        "synchronous_commit=off",
        "-c",
        "full_page_writes=off",
        "-c",
        "max_connections=200",
      ])
      .withStartupTimeout(CONTAINER_PATIENCE_MS)
      .start();
    return {
      url: container.getConnectionUri(),
      description: "container",
      stop: async () => {
        await container.stop();
      },
    };
  } catch (error) {
    process.stderr.write(
      `The container engine cannot run postgres:18-alpine (${(error as Error).message}); using the embedded server\n`,
    );
    return undefined;
  }
}

/** The same server and login, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
