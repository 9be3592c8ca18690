import { parseArgs } from "node:util";
import { readConfig } from "../worker/config.ts";
import { withClient } from "../worker/database/pool.ts";
import { required, runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run organization:create -- --slug SLUG --name NAME [--time-zone ZONE] [--locale LOCALE]

Creates an organisation with default settings in the database of DATABASE_URL.

  --slug SLUG        short name for commands: lower case letters, digits and hyphens
  --name NAME        the name as people write it
  --time-zone ZONE   IANA name (Europe/Oslo)
  --locale LOCALE    language of its messages: nb, nn or en (nb)
  --help             this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      slug: { type: "string" },
      name: { type: "string" },
      "time-zone": { type: "string", default: "Europe/Oslo" },
      locale: { type: "string", default: "nb" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const slug = required(values.slug, "--slug SLUG");
  const name = required(values.name, "--name NAME");
  await withClient(readConfig().databaseUrl, async (client) => {
    await client.query("select from app_private.create_organization($1, $2, $3, $4)", [
      slug,
      name,
      values["time-zone"],
      values.locale,
    ]);
  });
  console.log(`Created the organisation ${slug}. Next: npm run import -- --help`);
}

await runCommand("organization:create", main);
