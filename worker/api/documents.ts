import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SafeError } from "postgraphile/grafast";
import type { Result } from "postgraphile/grafserv";
import {
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from "postgraphile/graphql";
import type { DefinitionNode, DocumentNode, GraphQLSchema } from "postgraphile/graphql";
import { withCode } from "./errors.ts";
import { limitDocument } from "./limits.ts";
import { currentRequest, operationOf } from "./request.ts";

/** Words and signs of a document; to compare fields of the same name grows with their square. */
const MOST_TOKENS = 2_000;

/** Documents that are remembered: a client asks the same ones over and over. */
const REMEMBERED = 500;

export interface DocumentOptions {
  /** Whether the schema may be looked at. */
  isOpen: boolean;
  /** Folder of the only documents that are answered; undefined: all are. */
  trusted: string | undefined;
}

type Parsed =
  | { document: DocumentNode; errors?: never }
  | { document?: never; errors: readonly GraphQLError[] };

/** Reads documents: known ones by their id, others within limits. */
export function documentsPlugin({ isOpen, trusted }: DocumentOptions): GraphileConfig.Plugin {
  const documents = trusted === undefined ? undefined : readDocuments(trusted);
  return {
    name: "DocumentsPlugin",
    version: "1.0.0",
    grafserv: {
      middleware: {
        setPreset(next, event) {
          const { getExecutionConfig } = event;
          let schema: GraphQLSchema | undefined;
          let parseAndValidate: ((query: string) => Parsed) | undefined;
          event.getExecutionConfig = async function (context) {
            const config = await getExecutionConfig.call(this, context);
            if (parseAndValidate === undefined || config.schema !== schema) {
              schema = config.schema;
              parseAndValidate = forWayOf(rememberLast(parserFor(schema, isOpen)));
            }
            return { ...config, parseAndValidate };
          };
          return next();
        },
        async processRequest(next) {
          return giveCodes(await next());
        },
        processGraphQLRequestBody(next, { body }) {
          if (documents !== undefined) body.query = documentOf(body, documents);
          const request = currentRequest();
          if (request !== undefined) request.operation = operationOf(body);
          return next();
        },
      },
    },
  };
}

function parserFor(schema: GraphQLSchema, isOpen: boolean): (query: string) => Parsed {
  const rules = [...specifiedRules];
  if (!isOpen) rules.push(NoSchemaIntrospectionCustomRule);
  return (query) => {
    let document: DocumentNode;
    try {
      document = parse(query, { maxTokens: MOST_TOKENS });
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [withCode(error)] };
      throw error;
    }
    // Limits first: other rules take their time with what these refuse.
    const tooMuch = validate(schema, document, [limitDocument], { maxErrors: 1 });
    if (tooMuch.length > 0) return { errors: tooMuch };
    const errors = validate(schema, document, rules, { maxErrors: 5, hideSuggestions: !isOpen });
    return errors.length > 0 ? { errors: errors.map(withCode) } : { document };
  };
}

/** A subscription over HTTP would be counted and ended by nobody. */
function forWayOf(parseAndValidate: (query: string) => Parsed): (query: string) => Parsed {
  return (query) => {
    const parsed = parseAndValidate(query);
    if (currentRequest()?.isSocket === true || !parsed.document?.definitions.some(isSubscription)) {
      return parsed;
    }
    return { errors: [withCode(new GraphQLError("Subscribe over graphql-transport-ws."))] };
  };
}

function isSubscription(definition: DefinitionNode): boolean {
  return (
    definition.kind === Kind.OPERATION_DEFINITION &&
    definition.operation === OperationTypeNode.SUBSCRIPTION
  );
}

/** The same document for the same text, so that its plan is found again too. */
function rememberLast(parser: (query: string) => Parsed): (query: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (query) => {
    const key = query.length > 500 ? createHash("sha256").update(query).digest("base64") : query;
    const parsed = known.get(key) ?? parser(query);
    known.delete(key);
    known.set(key, parsed);
    const [oldest] = known.size > REMEMBERED ? known.keys() : [];
    if (oldest !== undefined) known.delete(oldest);
    return parsed;
  };
}

/** Of a body that is none grafserv says what is wrong, without a code. */
function giveCodes(result: Result | null): Result | null {
  if (result?.type !== "buffer" || result.statusCode < 400) return result;
  const isJson = /json/.test(result.headers["content-type"] ?? "");
  if (!isJson) return result;
  const answer = JSON.parse(result.buffer.toString()) as {
    errors: { message: string; extensions?: Record<string, unknown> }[];
  };
  const otherwise = result.statusCode < 500 ? "INVALID_REQUEST" : "INTERNAL";
  for (const error of answer.errors) {
    const { statusCode, ...extensions } = error.extensions ?? {};
    error.extensions = { code: otherwise, ...extensions };
    if (statusCode === 413) error.message = "A request has at most 100 kB.";
  }
  const buffer = Buffer.from(JSON.stringify(answer));
  return {
    ...result,
    headers: { ...result.headers, "content-length": String(buffer.length) },
    buffer,
  };
}

function readDocuments(folder: string): ReadonlyMap<string, string> {
  const documents = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".graphql")) continue;
    const text = readFileSync(join(folder, file), "utf8");
    documents.set(file.slice(0, -".graphql".length), text);
    documents.set(createHash("sha256").update(text).digest("hex"), text);
  }
  return documents;
}

/** By the name of its file, or by its SHA-256 as Apollo and Relay send it. */
function documentOf(
  { id, documentId, extensions }: { id?: unknown; documentId?: unknown; extensions?: unknown },
  documents: ReadonlyMap<string, string>,
): string {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } };
  const asked = persistedQuery?.sha256Hash ?? documentId ?? id;
  const document = typeof asked === "string" ? documents.get(asked) : undefined;
  if (document !== undefined) return document;
  throw new SafeError(
    "This server answers the documents that it knows: send the documentId of one.",
    {
      statusCode: 400,
      code: "UNKNOWN_DOCUMENT",
    },
  );
}
