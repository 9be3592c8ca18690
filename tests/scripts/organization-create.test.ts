import { describe, expect } from "vitest";
import { withClient } from "../../worker/database/pool.ts";
import { refusalSentence, run } from "../support/command.ts";
import { test } from "../support/database.ts";

const CREATE = "scripts/organization-create.ts";
const HLF = ["--slug", "hlf", "--name", "HLF"];

async function organizations(url: string): Promise<unknown[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query(
      `select o.slug, o.name, o.time_zone, o.locale, s.organization_id is not null as has_settings
       from app_public.organizations as o
       left join app_public.organization_settings as s on s.organization_id = o.id
       order by o.slug`,
    );
    return rows;
  });
}

describe("an organisation is created", () => {
  test("with default settings, in Oslo and Norwegian unless said otherwise", async ({ fresh }) => {
    const url = await fresh();

    const [first, second] = [
      await run(CREATE, HLF, { DATABASE_URL: url }),
      await run(
        CREATE,
        [
          "--slug",
          "nyc",
          "--name",
          "Éire NYC",
          "--time-zone",
          "America/New_York",
          "--locale",
          "en",
        ],
        { DATABASE_URL: url },
      ),
    ];

    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(first.stdout).toMatch(/^Created the organisation hlf\. .*npm run import/);
    expect(second).toMatchObject({ status: 0 });
    expect(await organizations(url)).toEqual([
      { slug: "hlf", name: "HLF", time_zone: "Europe/Oslo", locale: "nb", has_settings: true },
      {
        slug: "nyc",
        name: "Éire NYC",
        time_zone: "America/New_York",
        locale: "en",
        has_settings: true,
      },
    ]);
  });

  test("once: a slug that is taken is refused and nothing changes", async ({ fresh }) => {
    const url = await fresh();
    await run(CREATE, HLF, { DATABASE_URL: url });
    const before = await organizations(url);

    const args = ["--slug", "hlf", "--name", "Another", "--time-zone", "Europe/Prague"];
    const ended = await run(CREATE, args, { DATABASE_URL: url });

    expect(refusalSentence("organization:create", ended)).toMatch(/organisation "hlf" already/);
    expect(await organizations(url)).toEqual(before);
  });
});

describe("a command that cannot be carried out ends with 1 and one sentence", () => {
  test.for([
    { args: [], says: /--slug SLUG is missing/ },
    { args: ["--slug", "hlf"], says: /--name NAME is missing/ },
    { args: [...HLF, "--frobnicate"], says: /Unknown option '--frobnicate'/ },
    { args: HLF, says: /DATABASE_URL must look like postgres:\/\// },
  ])("$args", async ({ args, says }) => {
    expect(refusalSentence("organization:create", await run(CREATE, args))).toMatch(says);
  });

  test.for([
    { args: ["--slug", "H L F", "--name", "HLF"], says: /slug "H L F".*lower case/ },
    {
      args: [...HLF, "--time-zone", "Europe/Olso"],
      says: /time zone "Europe\/Olso".*Europe\/Oslo/,
    },
    { args: [...HLF, "--locale", "klingon"], says: /locale "klingon"/ },
    { args: ["--slug", "hlf", "--name", "  "], says: /name/ },
  ])("$args", async ({ args, says }, { databaseUrl }) => {
    const ended = await run(CREATE, args, { DATABASE_URL: databaseUrl });

    expect(refusalSentence("organization:create", ended)).toMatch(says);
    expect(await organizations(databaseUrl)).toEqual([]);
  });

  test("nobody listens at any of the host's addresses", async () => {
    const ended = await run(CREATE, HLF, {
      DATABASE_URL: "postgres://mentor:s3cret@localhost:1/mentor",
    });

    expect(refusalSentence("organization:create", ended)).toMatch(
      /^The database of DATABASE_URL does not answer/,
    );
    expect(ended.stderr).not.toContain("s3cret");
  });

  test("the database was never migrated", async ({ fresh }) => {
    const ended = await run(CREATE, HLF, { DATABASE_URL: await fresh({ empty: true }) });

    expect(refusalSentence("organization:create", ended)).toMatch(/npm run migrate first\.$/);
  });

  test("--help says how it is used, and needs no database", async () => {
    const { status, stdout, stderr } = await run(CREATE, ["--help"]);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: npm run organization:create.*--slug SLUG/);
  });
});
