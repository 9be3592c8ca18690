import fc from "fast-check";
import { describe, expect } from "vitest";
import { test } from "../../support/database.ts";

/** Texts that are near what the rules talk about. */
const cell = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }).filter((text) => !text.includes("\0")),
  fc
    .array(fc.constantFrom(...Array.from("aÅ@.=+- 4(;\t\n\u0085\u202e\u2066")), { maxLength: 12 })
    .map((parts) => parts.join("")),
  fc.constantFrom("a@b.no", "a@b", "+47 400 00 000", "nb", "no", "x".repeat(200), "x".repeat(201)),
  fc.constantFrom(`${"x".repeat(245)}@b.no`, `${"x".repeat(250)}@b.no`),
);

describe("a cell has a problem if and only if the table would refuse it", () => {
  test.for([
    ["label_problem", "select $1::text::app_public.label"],
    ["email_problem", "insert into people_copy (email) values ($1)"],
    ["phone_problem", "insert into people_copy (phone) values ($1)"],
    ["locale_problem", "insert into people_copy (locale) values ($1)"],
  ] as const)("%s", async ([problem, store], { tx }) => {
    await tx.query(
      `create temporary table people_copy (like app_public.people including constraints);
       alter table people_copy alter column id drop not null,
         alter column organization_id drop not null, alter column full_name drop not null,
         alter column email drop not null, alter column created_at drop not null`,
    );

    await fc.assert(
      fc.asyncProperty(cell, async (text) => {
        const { rows } = await tx.query<{ cause: string | null }>(
          `select app_private.${problem}($1) as cause`,
          [text],
        );
        await tx.query("savepoint attempt");
        const isStored = await tx.query(store, [text]).then(
          () => true,
          () => false,
        );
        await tx.query("rollback to savepoint attempt");
        expect(rows[0]?.cause === null).toBe(isStored);
      }),
      { numRuns: 300 },
    );
  });
});

describe("dates", () => {
  test.for([
    ["2026-10-31", "2026-10-31"],
    ["31.10.2026", "2026-10-31"],
    ["1.2.2026", "2026-02-01"],
    ["29.02.2028", "2028-02-29"],
    ["1900-01-01", "1900-01-01"],
    ["31.12.2199", "2199-12-31"],
    ["31.02.2026", null],
    ["29.02.2026", null],
    ["2026-13-01", null],
    ["2026-00-10", null],
    ["2026-10-00", null],
    ["1899-12-31", null],
    ["2200-01-01", null],
    ["9999999999", null],
    ["10/31/2026", null],
    ["2026-1-1", null],
    ["31.10.26", null],
    ["tomorrow", null],
    ["infinity", null],
    ["", null],
  ] as const)("%s is read as %s", async ([text, day], { tx }) => {
    const { rows } = await tx.query<{ day: string | null; cause: string | null }>(
      `select app_private.parse_import_date(t.value) as day, app_private.date_problem(t.value) as cause
       from (values ($1::text)) as t (value)`,
      [text],
    );

    expect(rows[0]?.day).toBe(day);
    expect(rows[0]?.cause === null).toBe(day !== null);
  });

  test("every day of the calendar is read from either form", async ({ tx }) => {
    const { rows } = await tx.query(
      `select d.day
       from (
         select generate_series('1900-01-01'::date, '2199-12-31', '1 day')::date as day
       ) as d
       where app_private.parse_import_date(d.day::text) is distinct from d.day
         or app_private.parse_import_date(to_char(d.day, 'DD.MM.YYYY')) is distinct from d.day`,
    );

    expect(rows).toEqual([]);
  });
});

describe("yes and no", () => {
  test.for([
    ["true", true],
    ["Yes", true],
    ["JA", true],
    ["SANN", true],
    ["1", true],
    ["false", false],
    ["no", false],
    ["nei", false],
    ["USANN", false],
    ["0", false],
    ["maybe", null],
    ["2", null],
  ] as const)("%s is read as %s", async ([text, meaning], { tx }) => {
    const { rows } = await tx.query<{ meaning: boolean | null }>(
      "select app_private.parse_import_boolean($1) as meaning",
      [text],
    );

    expect(rows[0]?.meaning).toBe(meaning);
  });
});
