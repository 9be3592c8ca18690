/** Columns that stand beside the key that a foreign key is about, from the least telling on. */
const COMPANIONS = ["organization_id", "mentor_id"];

/** What a comment says to whoever reads the database, and not to whoever asks the API. */
const FOR_THE_DATABASE = /\s*security\s+definer:[^.]*\.(?=\s|$)/g;

/** simplify-inflection warns about a name that it replaces and that we do not have. */
export const NoNodesPlugin: GraphileConfig.Plugin = {
  name: "NoNodesPlugin",
  version: "1.0.0",
  before: ["PgSimplifyInflectionPlugin"],
  inflection: { add: { nodeById: (_options, typeName) => typeName } },
};

/**
 * The names that clients see: a row's own `id`, results named after their type
 * (`pauseMentor { mentor { … } }`), relations named after the table that they lead to.
 */
export const NamesPlugin: GraphileConfig.Plugin = {
  name: "NamesPlugin",
  version: "1.0.0",
  // What simplify-inflection calls the previous name is then ours.
  after: ["PgSimplifyInflectionPlugin"],

  inflection: {
    replace: {
      _attributeName(previous, _options, details) {
        return previous?.({ ...details, skipRowId: true }) ?? details.attributeName;
      },
      functionMutationResultFieldName(previous, _options, details) {
        const { resource, returnGraphQLTypeName } = details;
        const tag = resource.extensions?.tags?.["resultFieldName"];
        if (typeof tag === "string") return tag;
        // Of a number or a yes there is nothing to say but that it is the result.
        if (resource.codec.attributes === undefined) return previous?.(details) ?? "result";
        const name = this.camelCase(returnGraphQLTypeName);
        return resource.isUnique ? name : this.distinctPluralize(name);
      },
      _getBaseNameFromKeys(previous, _options, keys) {
        let telling = keys;
        for (const companion of COMPANIONS) {
          if (telling.length === 1) break;
          telling = telling.filter(({ attributeName }) => attributeName !== companion);
        }
        return previous?.(telling) ?? null;
      },
      // A run of nightly_runs, a delivery of notification_deliveries.
      _baseNameMatches(previous, _options, baseName, otherName) {
        const singular = this.upperCamelCase(this.singularize(otherName));
        const isEnd = singular.endsWith(this.upperCamelCase(baseName));
        return isEnd || (previous?.(baseName, otherName) ?? false);
      },
      // ORDER_BY: NEXT_EXPIRY, as PostGraphile's own orders are written.
      enumValue(previous, _options, value, codec) {
        return (previous?.(value, codec) ?? value).toUpperCase();
      },
      // Settings are one thing, not a set of a setting.
      singularize(previous, _options, word) {
        return /settings$/i.test(word) ? word : (previous?.(word) ?? word);
      },
    },
  },

  schema: {
    hooks: {
      GraphQLObjectType_fields_field(field) {
        if (typeof field.description === "string") {
          field.description = field.description.replaceAll(FOR_THE_DATABASE, "");
        }
        return field;
      },
    },
  },
};
