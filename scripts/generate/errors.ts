import type { ClientBase } from "pg";

/** docs/errors.md, from the table of error codes. */
export async function errorPage(client: ClientBase): Promise<string> {
  const { rows } = await client.query<Record<"code" | "meaning" | "cause" | "cure", string>>(
    "select e.code, e.meaning, e.cause, e.cure from app_public.error_codes as e order by e.code",
  );
  const lines = rows.map(
    (row) => `| \`${row.code}\` | ${row.meaning} | ${row.cause} | ${row.cure} |`,
  );
  return `<!-- Made from the database by "npm run generate"; change migrations/ instead. -->

# Error codes

Every refusal carries an SQLSTATE of class \`MN\`. Messages are for people and may change; programs
compare the code. Where a constraint refuses, its name says the rule.

| code | meaning | cause | cure |
|---|---|---|---|
${lines.join("\n")}
`;
}
