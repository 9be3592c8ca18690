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

const RIGHTS = `/* Follows the mentor. */
alter table app_public.things force row level security;

drop policy if exists select_own on app_public.things;
create policy select_own on app_public.things
  for select to mentor_lifecycle_visitor
  using (person_id = (select app_public.current_person_id()));

grant select (id, name) on app_public.things to mentor_lifecycle_visitor;
`;

describe("wants the rights of a table in one file, and", () => {
  test("has nothing to say about one in the house style", () => {
    expect(cures(RIGHTS, "things/rights_things.sql")).toEqual([]);
    expect(
      cures(
        "grant usage on schema app_public to mentor_lifecycle_visitor;\n",
        "rights_app_public.sql",
      ),
    ).toEqual([]);
  });

  test.for([
    ["another name of the file", RIGHTS, "things/policies.sql", /^2: .*rights_things\.sql/],
    [
      "another table's rights",
      `${RIGHTS}grant select on app_public.others to mentor_lifecycle_visitor;\n`,
      "things/rights_things.sql",
      /^10: move this into rights_others\.sql/,
    ],
    [
      "a function's rights",
      `${RIGHTS}grant execute on function app_public.one() to mentor_lifecycle_visitor;\n`,
      "things/rights_things.sql",
      /^10: move this into one\.sql, beside the function/,
    ],
    [
      "a policy for everybody",
      RIGHTS.replace(" to mentor_lifecycle_visitor\n", "\n"),
      "things/rights_things.sql",
      /^5: select_own is for everybody/,
    ],
    [
      "a grant to everybody",
      RIGHTS.replace("things to mentor_lifecycle_visitor;", "things to public;"),
      "things/rights_things.sql",
      /^9: granted to public/,
    ],
    [
      "a policy that cannot be created twice",
      RIGHTS.replace(/drop policy.*\n/, ""),
      "things/rights_things.sql",
      /^4: cannot run twice; write "drop policy if exists select_own/,
    ],
    [
      "an owner who is not bound",
      RIGHTS.replace(/alter table.*\n/, ""),
      "things/rights_things.sql",
      /^1: .*force row level security/,
    ],
  ] as const)("says the cure of %s", ([, text, path, cure]) => {
    expect(cures(text, path)[0]).toEqual(expect.stringMatching(cure));
  });

  test("those of a function in the function's own", () => {
    const grant = "grant execute on function app_private.other() to mentor_lifecycle_visitor;\n";

    expect(cures(`${GOOD}${grant.replace("other", "tg_things__guard")}`)).toEqual([]);
    expect(cures(`${GOOD}${grant}`)).toEqual([expect.stringMatching(/^20: .*into other\.sql/)]);
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
