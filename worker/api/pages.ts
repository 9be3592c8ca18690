import { SafeError, constant, lambda, list } from "postgraphile/grafast";
import type { FieldArgs, Step } from "postgraphile/grafast";

/** Rows of a page that does not say how many. */
export const DEFAULT_PAGE = 25;

/** Most rows of a page. */
export const LARGEST_PAGE = 100;

/** A connection, as far as its page is concerned. */
interface Paged extends Step {
  setFirst($first: Step): void;
  setLast($last: Step): void;
}

/**
 * Gives every list a page: 25 rows if nothing is said, never more than 100. There is no `offset`: a
 * page far down would cost everything above it, and rows would be missed while others come in.
 */
export const PagesPlugin: GraphileConfig.Plugin = {
  name: "PagesPlugin",
  version: "1.0.0",
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args: {
        // After the plugin that adds the arguments.
        after: ["PgFirstLastBeforeAfterArgsPlugin"],
        callback(args, _build, { scope }) {
          if (!isPaged(scope)) return args;
          const { offset: _, ...others } = args;
          // The pages are set by the field; an argument that is absent is not applied.
          for (const name of ["first", "last"]) delete others[name]?.applyPlan;
          return others;
        },
      },
      GraphQLObjectType_fields_field(field, _build, { scope }) {
        const { plan } = field;
        if (!isPaged(scope) || plan === undefined) return field;
        return {
          ...field,
          plan($parent, args, info) {
            const $page = plan($parent, args, info) as Paged;
            setPage($page, args);
            return $page;
          },
        };
      },
    },
  },
};

function isPaged(scope: object): boolean {
  return (
    ("isPgFieldConnection" in scope && scope.isPgFieldConnection === true) ||
    ("isPgFieldSimpleCollection" in scope && scope.isPgFieldSimpleCollection === true)
  );
}

function setPage($page: Paged, args: FieldArgs): void {
  // What a function returns can only be read from its beginning: there is no such argument.
  const $last = args.getRaw("last") as Step | undefined;
  $page.setFirst(lambda(list([args.getRaw("first"), $last ?? constant(null)]), firstOf, true));
  if ($last !== undefined) $page.setLast(lambda($last, sizeOf, true));
}

function firstOf([first, last]: readonly unknown[]): number | null {
  if (typeof first === "number") return sizeOf(first);
  return typeof last === "number" ? null : DEFAULT_PAGE;
}

function sizeOf(rows: unknown): number | null {
  if (typeof rows !== "number") return null;
  if (rows >= 0 && rows <= LARGEST_PAGE) return rows;
  throw new SafeError(
    `A page has at most ${LARGEST_PAGE} rows, and not ${rows}: ask for the next one with after.`,
    { code: "INVALID_ARGUMENT" },
  );
}
