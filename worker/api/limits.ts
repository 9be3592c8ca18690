import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
} from "postgraphile/graphql";
import type {
  ASTVisitor,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLNamedType,
  OperationDefinitionNode,
  SelectionSetNode,
  ValidationContext,
} from "postgraphile/graphql";
import { DEFAULT_PAGE, LARGEST_PAGE } from "./pages.ts";

/** What a document may ask for. A dashboard needs a fraction of it. */
export const LIMITS = {
  /** Fields within fields. */
  depth: 12,
  /** Fields in all, with every fragment counted where it is used. */
  fields: 500,
  /** Fields under another name. */
  aliases: 30,
  /** Commands in one request; each is a transaction of its own. */
  commands: 10,
  /** Rows that the pages could hold, one in the other. */
  rows: 10_000,
  /** Values in all of these rows; some are computed. */
  values: 50_000,
} as const;

interface Cost {
  depth: number;
  fields: number;
  aliases: number;
  rows: number;
  values: number;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Refuses a document that asks for too much, before anything of it is done. */
export function limitDocument(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      const problem = problemOf(operation, context);
      if (problem === undefined) return;
      context.reportError(
        new GraphQLError(problem, { nodes: operation, extensions: { code: "TOO_COMPLEX" } }),
      );
    },
  };
}

function problemOf(
  operation: OperationDefinitionNode,
  context: ValidationContext,
): string | undefined {
  const root = context.getSchema().getRootType(operation.operation) ?? undefined;
  const measure = measurer(context);
  const cost = measure(operation.selectionSet, root);
  if (operation.operation === OperationTypeNode.MUTATION) {
    const commands = countRootFields(operation.selectionSet);
    if (commands > LIMITS.commands) {
      return `A request has at most ${LIMITS.commands} commands, and not ${commands}.`;
    }
  }
  if (cost.depth > LIMITS.depth) return `Fields are nested deeper than ${LIMITS.depth}.`;
  if (cost.fields > LIMITS.fields) return `A document has at most ${LIMITS.fields} fields.`;
  if (cost.aliases > LIMITS.aliases) return `A document has at most ${LIMITS.aliases} aliases.`;
  if (cost.rows > LIMITS.rows) {
    return (
      `The pages of this document could hold more than ${LIMITS.rows} rows, one in the other: ` +
      "ask for fewer rows with first, or in two steps."
    );
  }
  if (cost.values > LIMITS.values) {
    return (
      `The pages of this document could hold more than ${LIMITS.values} values: ` +
      "ask for fewer rows with first, or for fewer fields."
    );
  }
  return undefined;
}

const NOTHING: Cost = { depth: 0, fields: 0, aliases: 0, rows: 0, values: 0 };

/** Measures each fragment once; one that leads back to itself, which another rule reports, not again. */
function measurer(context: ValidationContext) {
  const fragments: Fragments = new Map(
    context
      .getDocument()
      .definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const known = new Map<string, Cost>();
  const typeOf = (name: string) => context.getSchema().getType(name);

  const measureFragment = (name: string): Cost => {
    const fragment = fragments.get(name);
    if (fragment === undefined) return NOTHING;
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, NOTHING);
    const cost = measure(fragment.selectionSet, typeOf(fragment.typeCondition.name.value));
    known.set(name, cost);
    return cost;
  };

  const measure = (set: SelectionSetNode, parent: GraphQLNamedType | undefined): Cost => {
    let total = NOTHING;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) total = add(total, measureField(selection, parent));
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        total = add(total, measureFragment(selection.name.value));
      } else {
        const condition = selection.typeCondition?.name.value;
        const type = condition === undefined ? parent : typeOf(condition);
        total = add(total, measure(selection.selectionSet, type));
      }
    }
    return total;
  };

  const measureField = (field: FieldNode, parent: GraphQLNamedType | undefined): Cost => {
    const aliases = field.alias === undefined ? 0 : 1;
    const name = field.name.value;
    // The schema's description of itself is deep and costs nothing.
    if (name.startsWith("__")) return { depth: 1, fields: 1, aliases, rows: 0, values: 1 };
    const { type, isList } = fieldType(name, parent);
    const inner = field.selectionSet === undefined ? NOTHING : measure(field.selectionSet, type);
    const isConnection = type?.name.endsWith("Connection") === true;
    // What is in a connection has been counted with it; other lists are as long as they like.
    const isOwn = isList && parent?.name.endsWith("Connection") !== true;
    const page = isConnection ? pageOf(field) : isOwn ? LARGEST_PAGE : undefined;
    return {
      depth: inner.depth + 1,
      fields: inner.fields + 1,
      aliases: inner.aliases + aliases,
      rows: page === undefined ? inner.rows : page * Math.max(1, inner.rows),
      values: (page ?? 1) * Math.max(1, inner.values),
    };
  };
  return measure;
}

function add(a: Cost, b: Cost): Cost {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
    rows: a.rows + b.rows,
    values: a.values + b.values,
  };
}

function fieldType(name: string, parent: GraphQLNamedType | undefined) {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return { type: undefined, isList: false };
  const type = parent.getFields()[name]?.type;
  const named = type === undefined ? undefined : getNamedType(type);
  if (!isCompositeType(named)) return { type: undefined, isList: false };
  return { type: named, isList: isListType(getNullableType(type)) };
}

/** A variable may be anything up to the largest page. */
function pageOf({ arguments: given = [] }: FieldNode): number {
  const sizes = given.filter(({ name }) => name.value === "first" || name.value === "last");
  if (sizes.length === 0) return DEFAULT_PAGE;
  return Math.max(
    ...sizes.map(({ value }) =>
      value.kind === Kind.INT ? Math.min(Number(value.value), LARGEST_PAGE) : LARGEST_PAGE,
    ),
  );
}

function countRootFields(set: SelectionSetNode): number {
  let count = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) count += 1;
    else if (selection.kind === Kind.INLINE_FRAGMENT) {
      count += countRootFields(selection.selectionSet);
    } else {
      // A fragment of commands is nobody's need; whoever writes one may have one.
      count += LIMITS.commands + 1;
    }
  }
  return count;
}
