import "../../worker/api/production.ts";
import { makeSchema } from "postgraphile";
import { lexicographicSortSchema, printSchema } from "postgraphile/graphql";
import { serviceOf } from "../../worker/api/database.ts";
import { apiPreset } from "../../worker/api/preset.ts";
import { createPool } from "../../worker/database/pool.ts";

/** The API's schema, as every client sees it. */
export async function graphqlSchema(databaseUrl: string): Promise<string> {
  const pool = createPool(databaseUrl);
  try {
    const { schema } = await makeSchema({ extends: [apiPreset], pgServices: [serviceOf(pool)] });
    return `${printSchema(lexicographicSortSchema(schema))}\n`;
  } finally {
    await pool.end();
  }
}
