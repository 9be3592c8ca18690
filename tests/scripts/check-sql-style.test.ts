import { describe, expect, test } from "vitest";
import { checkSqlFile } from "../../scripts/sql-style/rules.ts";

const GOOD = `/* Why: IT IS SAID IN CAPITALS, which a comment may. */
create or replace function app_private.tg_things__guard() returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if TG_OP = 'UPDATE' and NEW.name is distinct from OLD.name then
    raise exception 'A thing keeps its name' using errcode = 'MNTRA';
  end if;
  return NEW;
end;
$$;

create or replace trigger _200_guard
before update on app_public.things
for each row execute function app_private.tg_things__guard();

comment on function app_private.tg_things__guard() is $$Keeps the name. Errors: MNTRA.$$;
`;

const PATH = "things/tg_things__guard.sql";

function cures(text: string, path = PATH, folder: "sql" | "migrations" = "sql"): string[] {
  return checkSqlFile(folder, path, text).map(({ line, cure }) => `${line}: ${cure}`);
}

test("has nothing to say about a file in the house style", () => {
  expect(cures(GOOD)).toEqual([]);
});

describe("says the cure of", () => {
  test.for([
    ["a keyword in capitals", GOOD.replace("  return NEW", "  RETURN NEW"), /^11: write RETURN in/],
    ["a long line", GOOD.replace("begin", `begin -- ${"x".repeat(100)}`), /^7: 109 columns; break/],
    ["a tab", GOOD.replace("  return", "\treturn"), /^11: a tab/],
    ["a blank at the end", GOOD.replace("begin\n", "begin \n"), /^7: blanks at the end/],
    [
      "an open search path",
      GOOD.replace(/^set search_path.*\n/m, ""),
      /^2: .*caller's search_path/,
    ],
    [
      "another search path",
      GOOD.replace("pg_catalog, pg_temp", "''"),
      /^2: .*says "set search_path/,
    ],
    ["no volatility", GOOD.replace("volatile\n", ""), /^2: .*how volatile/],
    [
      "a create without replace",
      GOOD.replace("or replace trigger", "trigger"),
      /^15: cannot run twice/,
    ],
    ["a table", `${GOOD}create table app_public.x (id int);\n`, /^20: a table has a past/],
    ["a policy", `${GOOD}create policy p on app_public.x using (true);\n`, /^20: cannot run twice/],
    [
      "a second function",
      `${GOOD}create or replace function app_public.b() returns int language sql stable return 1;\n`,
      /^20: a second object; move function app_public.b/,
    ],
    [
      "another function's trigger",
      `${GOOD}create or replace trigger t after insert on app_public.x execute function app_private.y();\n`,
      /^20: a trigger of another function/,
    ],
  ] as const)("%s", ([, text, cure]) => {
    expect(cures(text)).toEqual([expect.stringMatching(cure)]);
  });

  test("a file that is not named like its function", () => {
    expect(cures(GOOD, "things/guard.sql")).toEqual([
      expect.stringMatching(/rename the file to tg_things__guard\.sql/),
    ]);
  });
});

test("lets a reader in sql be inlined, without a search path", () => {
  const reader = `create or replace function app_public.one() returns int
language sql stable parallel safe
return 1;
`;

  expect(cures(reader, "people/one.sql")).toEqual([]);
  expect(cures(reader.replace("stable", "stable security definer"), "people/one.sql")).toHaveLength(
    1,
  );
});

test("lets migrations create tables", () => {
  expect(cures("create table app_public.x (id int);\n", "000001.sql", "migrations")).toEqual([]);
});
