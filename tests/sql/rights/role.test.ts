import { randomBytes } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { migrationsFolder } from "../../../worker/database/root.ts";
import { test as base } from "../../support/database.ts";
import { refusal } from "../../support/outcomes.ts";

/** The migration's own statement, about a role that this server does not have. */
async function creating(role: string): Promise<string> {
  const paths = await readdir(migrationsFolder, { recursive: true });
  for (const path of paths.filter((path) => path.endsWith(".sql"))) {
    const text = await readFile(join(migrationsFolder, path), "utf8");
    const block =
      /^do \$\$(?:(?!\$\$)[\s\S])*create role mentor_lifecycle_visitor[\s\S]*?^\$\$;/m.exec(text);
    if (block) return block[0].replaceAll("mentor_lifecycle_visitor", role);
  }
  throw new Error("No migration creates the role mentor_lifecycle_visitor");
}

const test = base.extend("names", async ({}) => {
  const suffix = randomBytes(6).toString("hex");
  return { role: `test_visitor_${suffix}`, login: `test_owner_${suffix}` };
});

test("X3 an owner who may create roles makes the visitor, and may take it on", async ({
  tx,
  names: { role, login },
}) => {
  await tx.query(`create role ${login} nosuperuser createrole`);
  await tx.query(`set local session authorization ${login}`);

  await tx.query(await creating(role));

  await tx.query(`set local role ${role}`);
  const { rows } = await tx.query(
    "select rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = current_user",
  );
  expect(rows).toEqual([{ rolcanlogin: false, rolsuper: false, rolbypassrls: false }]);
});

test("an owner who may not is told what to ask an administrator for", async ({
  tx,
  names: { role, login },
}) => {
  await tx.query(`create role ${login} nosuperuser nocreaterole`);
  await tx.query(`set local session authorization ${login}`);
  const statement = await creating(role);

  await expect(
    (async () => {
      await tx.query("savepoint asked");
      await tx.query(statement);
    })(),
  ).rejects.toMatchObject({
    code: "42501",
    message: `The role ${role} is missing and ${login} may not create it`,
    hint: expect.stringContaining(`create role ${role} nologin; grant ${role} to ${login};`),
  });
});

test("a role that is there already is taken as it is", async ({ tx, names: { role, login } }) => {
  await tx.query(`create role ${role} nologin`);
  await tx.query(`create role ${login} nosuperuser nocreaterole`);
  await tx.query(`set local session authorization ${login}`);
  const statement = await creating(role);

  expect(await refusal(tx, () => tx.query(statement))).toBeUndefined();
});
