import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { migrateDatabase } from "../worker/database/migrate.ts";
import { drawPicture } from "../worker/database/picture.ts";
import { withClient } from "../worker/database/pool.ts";
import { projectRoot } from "../worker/database/root.ts";
import { startPostgres } from "../worker/local/postgres.ts";
import { errorPage } from "./generate/errors.ts";
import { graphqlSchema } from "./generate/graphql.ts";
import { privilegesPage } from "./generate/privileges.ts";
import { stateMachinePage } from "./generate/state-machine.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run generate [-- --check]

Writes what is made from the database: docs/state-machine.md, docs/errors.md, data/schema.txt,
data/privileges.txt and data/schema.graphql.
Uses a throw-away PostgreSQL that it starts itself.

  --check  change nothing; fail if a file is not what would be written
  --help   this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { check: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const server = await startPostgres({ persistent: false });
  try {
    await migrateDatabase(server.url(), { withCurrent: true });
    const pages = await withClient(server.url(), async (client) => ({
      "docs/state-machine.md": await stateMachinePage(client),
      "docs/errors.md": await errorPage(client),
      "data/schema.txt": await drawPicture(client),
      "data/privileges.txt": await privilegesPage(client),
    }));
    const all = { ...pages, "data/schema.graphql": await graphqlSchema(server.url()) };
    for (const [path, text] of Object.entries(all)) {
      await (values.check ? compare(path, text) : write(path, text));
    }
  } finally {
    await server.stop();
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(projectRoot, path)), { recursive: true });
  await writeFile(join(projectRoot, path), text);
  console.log(`wrote ${path}`);
}

async function compare(path: string, text: string): Promise<void> {
  const current = await readFile(join(projectRoot, path), "utf8").catch(() => "");
  if (current === text) return;
  process.exitCode = 1;
  console.error(`${path} is not what the database says; npm run generate writes it anew.`);
}

await runCommand("generate", main);
