import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { applySql } from "../../../worker/database/apply-sql.ts";
import { withClient } from "../../../worker/database/pool.ts";
import { test as base } from "../../support/database.ts";

/** An empty database with the two schemas and a table, and a function that applies given files. */
const test = base.extend("apply", async ({ fresh }, { onCleanup }) => {
  const url = await fresh({ empty: true });
  const folder = await mkdtemp(join(tmpdir(), "apply-sql-"));
  onCleanup(() => rm(folder, { recursive: true }));
  await withClient(url, (client) =>
    client.query(`
      create schema app_public;
      create schema app_private;
      create table app_public.things (id int primary key, name text);
    `),
  );
  const apply = async (files: Record<string, string>) => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await withClient(url, (client) => applySql(client, { folder }));
  };
  return Object.assign(apply, { url });
});

const TRIGGER_FILE = `
create or replace function app_private.tg_things__guard() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  return NEW;
end;
$$;
create or replace trigger _200_guard before insert on app_public.things
for each row execute function app_private.tg_things__guard();
`;

function countOf(name: string): string {
  return `create or replace function app_public.${name}() returns bigint
language sql stable
return (select count(*) from app_public.things);
`;
}

describe("what no file creates any more", () => {
  test("is dropped: triggers, policies, views and functions", async ({ apply }) => {
    const full = {
      "things/thing_count.sql": countOf("thing_count"),
      "things/tg_things__guard.sql": TRIGGER_FILE,
      "things/named.sql":
        "create or replace view app_public.named as select id, app_public.thing_count() as n from app_public.things;",
      "things/policies.sql":
        "drop policy if exists select_all on app_public.things;\ncreate policy select_all on app_public.things using (app_public.thing_count() > 0);",
    };
    await apply(full);

    const again = await apply(full);
    const emptied = await apply({});

    expect(again.dropped).toEqual([]);
    expect(emptied.dropped).toEqual([
      "trigger _200_guard on app_public.things",
      "policy select_all on app_public.things",
      "view app_public.named",
      "function app_private.tg_things__guard()",
      "function app_public.thing_count()",
    ]);
  });

  test("is reported, with the cure, if a table needs it", async ({ apply }) => {
    await apply({
      "one.sql": countOf("one").replace("(select count(*) from app_public.things)", "1"),
    });
    await withClient(apply.url, (client) =>
      client.query("alter table app_public.things add column n bigint default app_public.one()"),
    );

    await expect(apply({})).rejects.toThrow(
      /No file in sql\/ creates function app_public\.one\(\).*column n of table app_public\.things.*Either give it a file/,
    );
  });

  test("stays if it belongs to an extension", async ({ apply }) => {
    await withClient(apply.url, (client) =>
      client.query("create extension btree_gist schema app_private"),
    );

    expect((await apply({})).dropped).toEqual([]);
  });
});

describe("a grant that no file makes any more", () => {
  const VISITOR = "mentor_lifecycle_visitor";

  test("is gone: of a schema, a table, a column and a function", async ({ apply }) => {
    const granted = async () => {
      const { rows } = await withClient(apply.url, (client) =>
        client.query(
          `select has_schema_privilege($1, 'app_public', 'usage') as schema,
             has_any_column_privilege($1, 'app_public.things', 'select') as columns,
             has_table_privilege($1, 'app_public.things', 'select') as whole_table,
             has_function_privilege($1, 'app_public.thing_count()', 'execute') as function`,
          [VISITOR],
        ),
      );
      return rows[0];
    };
    await withClient(apply.url, (client) =>
      client.query("alter default privileges revoke execute on functions from public"),
    );
    const count = countOf("thing_count");
    await apply({
      "rights_app_public.sql": `grant usage on schema app_public to ${VISITOR};`,
      "rights_things.sql": `grant select, insert on app_public.things to ${VISITOR};`,
      "thing_count.sql": `${count}grant execute on function app_public.thing_count() to ${VISITOR};`,
    });
    expect(await granted()).toEqual({
      schema: true,
      columns: true,
      whole_table: true,
      function: true,
    });

    const { dropped } = await apply({
      "rights_app_public.sql": `grant usage on schema app_public to ${VISITOR};`,
      "rights_things.sql": `grant select (id) on app_public.things to ${VISITOR};`,
      "thing_count.sql": count,
    });
    const fewer = await granted();
    await apply({ "thing_count.sql": count });

    expect(dropped).toEqual([]);
    expect(fewer).toEqual({ schema: true, columns: true, whole_table: false, function: false });
    expect(await granted()).toEqual({
      schema: false,
      columns: false,
      whole_table: false,
      function: false,
    });
  });

  test("stays if an administrator gave it to another role", async ({ apply }) => {
    const reporting =
      "create role test_reporting; grant select on app_public.things to test_reporting";
    const { rows } = await withClient(apply.url, async (client) => {
      await client.query(reporting);
      try {
        await apply({});
        return await client.query(
          "select has_table_privilege('test_reporting', 'app_public.things', 'select') as kept",
        );
      } finally {
        await client.query("drop owned by test_reporting; drop role test_reporting");
      }
    });

    expect(rows).toEqual([{ kept: true }]);
  });
});

test("refuses to hide a table from an owner who is not the one who applies", async ({ apply }) => {
  const files = {
    "rights_things.sql": `
      alter table app_public.things force row level security;
      drop policy if exists owner_all on app_public.things;
      create policy owner_all on app_public.things to current_user using (true);`,
  };
  await apply(files);
  await withClient(apply.url, async (client) => {
    await client.query("create role test_owner; alter table app_public.things owner to test_owner");
    try {
      await expect(apply(files)).rejects.toThrow(
        /^app_public\.things belongs to test_owner, .*connect as test_owner/,
      );
    } finally {
      await client.query("reassign owned by test_owner to current_user; drop role test_owner");
    }
  });
});

describe("a function with a broken body is refused, with file and line", () => {
  test("in plpgsql", async ({ apply }) => {
    const text = TRIGGER_FILE.replace("return NEW;", "retrun NEW;");

    await expect(apply({ "things/tg_things__guard.sql": text })).rejects.toThrow(
      /sql\/things\/tg_things__guard\.sql:7, .*syntax error at or near "retrun"/,
    );
  });

  test("in sql", async ({ apply }) => {
    const text = `create or replace function app_public.total() returns bigint
language sql stable
as $$
  select count(*)
  from app_public.thing
$$;`;

    await expect(apply({ "total.sql": text })).rejects.toThrow(
      /sql\/total\.sql:5, .*relation "app_public\.thing" does not exist/,
    );
  });

  test("and nothing of the other files is kept", async ({ apply }) => {
    await expect(
      apply({ "a.sql": countOf("a"), "b.sql": TRIGGER_FILE.replace("begin", "begni") }),
    ).rejects.toThrow(/sql\/b\.sql/);

    const { rows } = await withClient(apply.url, (client) =>
      client.query("select to_regproc('app_public.a') as a"),
    );
    expect(rows).toEqual([{ a: null }]);
  });
});

test("says where a file goes wrong", async ({ apply }) => {
  await expect(
    apply({ "things/broken.sql": "select 1;\n\ncreate or replace vew app_public.x as select 1;" }),
  ).rejects.toThrow(/^sql\/things\/broken\.sql:3: syntax error at or near "vew"/);
});

test("does not mind files that need later ones, functions and views alike", async ({ apply }) => {
  const { applied } = await apply({
    "a.sql": countOf("a").replace("count(*)", "count(*) + app_public.b()"),
    "b.sql": countOf("b").replace("app_public.things", "app_public.z_view"),
    "z_view.sql": "create or replace view app_public.z_view as select id from app_public.things;",
  });

  expect(applied).toEqual(["z_view.sql", "b.sql", "a.sql"]);
});

test("two appliers at once both succeed", async ({ apply }) => {
  const files = { "a.sql": countOf("a"), "tg_things__guard.sql": TRIGGER_FILE };
  await apply(files);
  const folder = await mkdtemp(join(tmpdir(), "apply-sql-"));
  await writeFile(join(folder, "a.sql"), countOf("a"));

  const run = () => withClient(apply.url, (client) => applySql(client, { folder }));
  const results = await Promise.all([run(), run(), run()]);
  await rm(folder, { recursive: true });

  expect(results.flatMap(({ dropped }) => dropped)).toHaveLength(2);
});
