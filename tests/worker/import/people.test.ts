import { expect } from "vitest";
import { test } from "../../support/database.ts";
import { createOrganization, importText, query } from "./csv.ts";

test("creates people with their roles, and a chapter that is named", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);

  const { summary } = await importText(url, "people", [
    { email: "a@example.org", full_name: "A", roles: "coordinator|organization_administrator" },
    { email: "b@example.org", full_name: "B", roles: "chapter_administrator:Oslo: vest" },
  ]);

  expect(summary?.counts).toMatchObject({ people: { created: 2 }, roles: { created: 3 } });
  expect(summary?.warnings).toEqual(['Created the chapter "Oslo: vest".']);
  expect(await query(url, "select from app_public.chapter_administrators")).toHaveLength(1);
});

test("changes what differs and leaves what an empty cell does not speak of", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "people", [
    {
      email: "a@example.org",
      full_name: "A",
      phone: "40000000",
      locale: "nb",
      roles: "coordinator",
    },
  ]);

  const { summary } = await importText(url, "people", [
    { email: "A@EXAMPLE.org", full_name: "", locale: "en", auth_subject: "x" },
  ]);

  expect(summary?.counts["people"]).toEqual({ created: 0, updated: 1, unchanged: 0 });
  expect(
    await query(
      url,
      "select p.email, p.full_name, p.phone, p.locale, p.auth_subject from app_public.people as p",
    ),
  ).toEqual([
    { email: "a@example.org", full_name: "A", phone: "40000000", locale: "en", auth_subject: "x" },
  ]);
  expect(await query(url, "select from app_public.coordinators")).toHaveLength(1);
});

test("an address that stands twice is an error that names the earlier line", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);

  const { problems } = await importText(url, "people", [
    { email: "a@example.org", full_name: "A" },
    { email: "A@example.org", full_name: "A" },
  ]);

  expect(problems).toMatchObject([{ line: 3, column: "email", value: "A@example.org" }]);
  expect(problems[0]?.cause).toContain("line 2");
});

test.for([
  ["admin"],
  ["coordinator:Oslo"],
  ["Coordinator"],
  ["chapter_administrator"],
  ["chapter_administrator:"],
  ["chapter_administrator:=Oslo"],
  ["coordinator,organization_administrator"],
])("the role %s is refused", async ([roles], { fresh }) => {
  const url = await fresh();
  await createOrganization(url);

  const { problems } = await importText(url, "people", [
    { email: "a@example.org", full_name: "A", roles: roles ?? "" },
  ]);

  expect(problems).toMatchObject([{ line: 2, column: "roles", value: roles }]);
});

test("a login that belongs to somebody else is refused", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "people", [{ email: "a@example.org", full_name: "A", auth_subject: "x" }]);

  const { problems } = await importText(url, "people", [
    { email: "b@example.org", full_name: "B", auth_subject: "x" },
    { email: "c@example.org", full_name: "C", auth_subject: "y" },
    { email: "d@example.org", full_name: "D", auth_subject: "y" },
  ]);

  expect(problems).toMatchObject([
    { line: 2, column: "auth_subject" },
    { line: 4, column: "auth_subject" },
  ]);
});

test("a new person needs a name and an address", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);

  const { problems } = await importText(url, "people", [
    { email: "a@example.org" },
    { full_name: "B" },
  ]);

  expect(problems.map(({ line, column }) => [line, column])).toEqual([
    [2, "full_name"],
    [3, "email"],
  ]);
});
