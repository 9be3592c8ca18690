import "./production.ts";
import type { IncomingMessage } from "node:http";
import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import type { Logger } from "pino";
import { Kind, OperationTypeNode, getOperationAST } from "postgraphile/graphql";
import type { OperationDefinitionNode } from "postgraphile/graphql";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { ChangesPlugin } from "./changes.ts";
import type { ApiConfig } from "./config.ts";
import { documentsPlugin } from "./documents.ts";
import { maskErrors } from "./errors.ts";
import { ExposedPlugin } from "./exposed.ts";
import type { Listener } from "./listener.ts";
import { NamesPlugin, NoNodesPlugin } from "./names.ts";
import { PagesPlugin } from "./pages.ts";
import { currentRequest } from "./request.ts";
import type { ApiRequest } from "./request.ts";
import { NIGHT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, settingsOf } from "./settings.ts";

/** How the schema becomes GraphQL; without a database and without a server. */
export const apiPreset: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset],
  plugins: [NoNodesPlugin, NamesPlugin, ExposedPlugin, PagesPlugin, ChangesPlugin],
  disablePlugins: [
    // An `id` is the row's own; nothing has a second, global one.
    "NodePlugin",
    "AddNodeInterfaceToSuitableTypesPlugin",
    "NodeIdCodecBase64JSONPlugin",
    "NodeIdCodecPipeStringPlugin",
    "RegisterQueryNodePlugin",
    "NodeAccessorPlugin",
    "PgNodeIdAttributesPlugin",
    "PgTableNodePlugin",
    // A command's answer is its result, and nothing that would be asked in another transaction.
    "MutationPayloadQueryPlugin",
    "PgMutationPayloadEdgePlugin",
  ],
  gather: { pgStrictFunctions: true },
  schema: {
    defaultBehavior: "-resource:insert -resource:update -resource:delete",
    pgSimplifyMultikeyRelations: true,
    dontSwallowErrors: true,
    sortExport: true,
  },
};

export interface ServerPresetOptions {
  service: GraphileConfig.PgServiceConfiguration;
  config: Pick<ApiConfig, "isOpen" | "trustedDocuments">;
  logger: Logger;
  /** Who has been let in, by the request or by the one that opened the connection. */
  requests: WeakMap<IncomingMessage, ApiRequest>;
  listener: Listener;
}

/** The API with a database and on a server. */
export function serverPreset(options: ServerPresetOptions): GraphileConfig.Preset {
  const { service, config, logger, requests, listener } = options;
  const { isOpen, trustedDocuments: trusted } = config;
  return {
    extends: [apiPreset],
    plugins: [documentsPlugin({ isOpen, trusted })],
    pgServices: [service],
    grafast: {
      context({ node, ws }, args) {
        const request = requests.get((ws?.request ?? node?.req) as IncomingMessage);
        // Nobody gets here without having been let in.
        if (request === undefined) throw new Error("a request that was not let in");
        // Of several operations in a document one is asked for.
        const operation = args && getOperationAST(args.document, args.operationName);
        const current = currentRequest();
        if (current) current.isQuestion = operation?.operation === OperationTypeNode.QUERY;
        const limit = startsNight(operation) ? NIGHT_TIMEOUT_MS : STATEMENT_TIMEOUT_MS;
        return { pgSettings: settingsOf(request, limit), caller: request.caller, listener };
      },
      timeouts: { planning: 2_000, execution: NIGHT_TIMEOUT_MS },
    },
    grafserv: {
      graphqlPath: "/graphql",
      graphiql: isOpen,
      graphiqlOnGraphQLGET: false,
      graphqlOverGET: false,
      // Our own, which knows who asks and what a message may hold.
      websockets: isOpen,
      maxRequestLength: 100_000,
      allowedRequestContentTypes: ["application/json"],
      outputDataAsString: true,
      maskError: maskErrors(logger),
    },
  };
}

/** The commands that change a whole organisation in one transaction. */
const NIGHTS = new Set(["runNightly", "approveNightlyRun"]);

function startsNight(operation: OperationDefinitionNode | null | undefined): boolean {
  if (operation?.operation !== OperationTypeNode.MUTATION) return false;
  return operation.selectionSet.selections.some(
    (selection) => selection.kind === Kind.FIELD && NIGHTS.has(selection.name.value),
  );
}
