import { TYPES } from "postgraphile/@dataplan/pg";
import type { PgCodec, PgCodecAttribute } from "postgraphile/@dataplan/pg";
import { sql } from "postgraphile/pg-sql2";
import type { SQL } from "postgraphile/pg-sql2";

/**
 * What of the schema becomes GraphQL: everything that the visitor role may select or execute, read
 * only. A change is a command, which is a function; grants and policies say who may do what.
 */
export const ExposedPlugin: GraphileConfig.Plugin = {
  name: "ExposedPlugin",
  version: "1.0.0",

  gather: {
    hooks: {
      // GraphQL has no type for it, and who wants to know asks until when a mentor is covered.
      pgCodecs_findPgCodec(_info, event) {
        if (event.pgType.typname === "datemultirange") event.pgCodec ??= TYPES.text;
      },
      pgCodecs_attribute(_info, { pgAttribute, attribute }) {
        if (pgAttribute.getType()?.typname !== "datemultirange") return;
        attribute.extensions = {
          ...attribute.extensions,
          tags: { ...attribute.extensions?.tags, behavior: ["-*"] },
        };
      },
      // A computed field gets the row of its table, and to read a row is to read every column of it.
      pgProcedures_PgResourceOptions: {
        after: ["inferred"],
        callback(_info, { resourceOptions }) {
          const { from, codec, isMutation, isUnique } = resourceOptions;
          const row = resourceOptions.parameters?.[0]?.codec;
          if (isMutation === true || isUnique !== true || codec.attributes !== undefined) return;
          if (typeof from !== "function" || row?.attributes === undefined) return;
          if (Object.values(row.attributes).every(isReadable)) return;
          resourceOptions.from = (alias, ...others) =>
            from({ ...alias, placeholder: readableRow(alias?.placeholder, row) }, ...others);
        },
      },
    },
  },

  schema: {
    entityBehavior: {
      pgResourceUnique: {
        inferred(behavior, [resource, unique]) {
          const isCompanion = unique.attributes.includes("id") && unique.attributes.length > 1;
          const isHead = resource.name === "mentor_journal" && !unique.isPrimary;
          // PostgreSQL lets nobody ask by a column that he may not read.
          const isHidden = unique.attributes.some((name) => {
            const attribute = resource.codec.attributes?.[name];
            return attribute !== undefined && !isReadable(attribute);
          });
          return isCompanion || isHead || isHidden ? [behavior, "-single"] : behavior;
        },
      },
      pgCodecRelation: {
        inferred: {
          after: ["inferred"],
          provides: ["postInferred"],
          callback(behavior, { localAttributes }) {
            // Foreign keys over more than ids prove something; they lead nowhere that others do not.
            const isProof = localAttributes.length > 1 && !localAttributes.every(isId);
            return isProof ? [behavior, ...NO_RELATION] : behavior;
          },
        },
      },
      pgResource: {
        inferred(behavior, resource) {
          return resource.name === "organization_settings"
            ? [behavior, "-query:resource:list", "-query:resource:connection"]
            : behavior;
        },
      },
    },
  },
};

function isReadable({ extensions }: PgCodecAttribute): boolean {
  return extensions?.canSelect !== false;
}

/** The row as far as the visitor may read it, with nothing in the other places. */
function readableRow(alias: SQL | undefined, row: PgCodec): SQL {
  if (alias === undefined) throw new Error(`a computed field of ${row.name} without its row`);
  const columns = Object.entries(row.attributes ?? {}).map(([name, attribute]) =>
    isReadable(attribute)
      ? sql`${alias}.${sql.identifier(name)}`
      : sql`null::${attribute.codec.sqlType}`,
  );
  return sql`row(${sql.join(columns, ", ")})::${row.sqlType}`;
}

const NO_RELATION = [
  "-singularRelation:resource:single",
  "-manyRelation:resource:list",
  "-manyRelation:resource:connection",
] as const;

function isId(attribute: string): boolean {
  return /(^|_)id$/.test(attribute);
}
