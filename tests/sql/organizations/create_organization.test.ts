import { expect } from "vitest";
import { test } from "../../support/database.ts";

test("creates an organisation with default settings", async ({ tx }) => {
  const { rows } = await tx.query<{ id: string; time_zone: string; locale: string }>(
    "select o.id, o.time_zone, o.locale from app_private.create_organization('hlf', 'HLF') as o",
  );
  const { rows: settings } = await tx.query<{ organization_id: string }>(
    "select s.organization_id from app_public.organization_settings as s",
  );

  expect(rows).toMatchObject([{ time_zone: "Europe/Oslo", locale: "nb" }]);
  expect(settings).toEqual([{ organization_id: rows[0]?.id }]);
});

test("refuses a slug that is taken with unique_violation", async ({ tx }) => {
  await tx.query("select app_private.create_organization('hlf', 'HLF')");

  await expect(
    tx.query("select app_private.create_organization('hlf', 'Another')"),
  ).rejects.toMatchObject({ code: "23505" });
});

test.for([
  ["a slug with a space", ["h lf", "HLF", "Europe/Oslo", "nb"]],
  ["a slug with capitals", ["HLF", "HLF", "Europe/Oslo", "nb"]],
  ["a name that looks like a formula", ["hlf", "=HLF", "Europe/Oslo", "nb"]],
  ["a time zone that does not exist", ["hlf", "HLF", "Europe/Osl", "nb"]],
  ["a time zone that is an offset", ["hlf", "HLF", "+01:00", "nb"]],
  ["a locale that is not supported", ["hlf", "HLF", "Europe/Oslo", "sv"]],
] as const)("refuses %s with a sentence of its own", async ([, parameters], { tx }) => {
  await expect(
    tx.query("select app_private.create_organization($1, $2, $3, $4)", [...parameters]),
  ).rejects.toMatchObject({ code: "22023" });
});
