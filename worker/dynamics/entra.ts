import { ConfidentialClientApplication } from "@azure/msal-node";
import type { INetworkModule, NetworkRequestOptions, NodeAuthOptions } from "@azure/msal-node";
import { z } from "zod";
import { variableOf } from "./config.ts";
import type { CredentialSource, DynamicsConfig } from "./config.ts";
import { readCertificateFile, readSecretFile } from "./credential-files.ts";
import { entraRefusal } from "./entra-refusal.ts";
import { DynamicsError } from "./errors.ts";
import { parseJson, send } from "./http.ts";
import type { Answer, Limits } from "./http.ts";

export interface AccessToken {
  token: string;
  /** Instants in milliseconds. */
  expiresAt: number;
  /** From when on Entra asks to fetch the next one, if it does. */
  refreshAt: number | undefined;
}

const ENTRA = { name: "Entra", variable: "DYNAMICS_TOKEN_ENDPOINT" };

/** A token goes into a header, so it may have a header's characters only. */
const TOKEN_ANSWER = z.looseObject({
  token_type: z.string().regex(/^bearer$/i),
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.coerce.number().positive(),
});

/**
 * Fetches a token over the network, with the proof as it is on disk now.
 *
 * Each token gets an msal client of its own: one that has seen a 429 or 5xx refuses by itself for up
 * to an hour, and one that was given a secret keeps it.
 */
export async function fetchToken(config: DynamicsConfig, limits: Limits): Promise<AccessToken> {
  const network = networkClient(config, limits);
  const auth = authOptions(config);
  try {
    const application = new ConfidentialClientApplication({
      auth,
      system: { networkClient: network },
    });
    // The address of the API's own host is not the name by which Entra knows the environment.
    const scope = `${config.url.replace(/\.api(?=\.crm\d*\.)/, "")}/.default`;
    const result = await application.acquireTokenByClientCredential({ scopes: [scope] });
    if (result === null || result.expiresOn === null) throw unusable();
    return {
      token: result.accessToken,
      expiresAt: result.expiresOn.getTime(),
      refreshAt: result.refreshOn?.getTime(),
    };
  } catch (error) {
    // msal puts an error of its own in place of the network's, and its own may quote what it was given.
    if (network.failure !== undefined) throw network.failure;
    if (error instanceof DynamicsError) throw error;
    throw new DynamicsError(
      `No login could be made of DYNAMICS_TENANT_ID, DYNAMICS_CLIENT_ID and ` +
        `${variableOf(config.credential)}; check them.`,
      { errorClass: "auth" },
    );
  }
}

function authOptions(config: DynamicsConfig): NodeAuthOptions {
  const authority = `https://login.microsoftonline.com/${config.tenantId}`;
  const unused = "https://login.microsoftonline.com/unused";
  return {
    clientId: config.clientId,
    authority,
    // Stated, so that nothing has to be discovered and the endpoint may be a simulator's.
    authorityMetadata: JSON.stringify({
      token_endpoint: config.tokenEndpoint,
      issuer: `${authority}/v2.0`,
      authorization_endpoint: unused,
      end_session_endpoint: unused,
      jwks_uri: unused,
    }),
    ...readProof(config.credential),
  };
}

function readProof(
  credential: CredentialSource,
): Pick<NodeAuthOptions, "clientSecret" | "clientCertificate"> {
  if (credential.kind === "secret") return { clientSecret: credential.secret() };
  try {
    if (credential.kind === "secret-file") {
      return { clientSecret: readSecretFile(credential.path).secret };
    }
    const { privateKey, thumbprintSha256, chain } = readCertificateFile(credential.path);
    return { clientCertificate: { privateKey, thumbprintSha256, x5c: chain } };
  } catch (error) {
    throw new DynamicsError(`${variableOf(credential)} ${(error as Error).message}.`, {
      errorClass: "auth",
    });
  }
}

interface Network extends INetworkModule {
  /** What went wrong on the network, if something did. */
  failure: unknown;
}

/** msal's own has neither a deadline nor a limit, and follows redirects. */
function networkClient(config: DynamicsConfig, limits: Limits): Network {
  const network: Network = {
    failure: undefined,
    sendGetRequestAsync: () => {
      throw new Error("Nothing has to be discovered.");
    },
    sendPostRequestAsync: async (url: string, options: NetworkRequestOptions = {}) => {
      try {
        const answer = await send(
          ENTRA,
          {
            method: "POST",
            url,
            headers: { ...options.headers, "User-Agent": "mentor-lifecycle" },
            body: options.body ?? "",
          },
          limits,
        );
        // msal asks for any type it likes; what it needs is checked here.
        return { status: answer.status, headers: {}, body: tokenOf(answer, config) as never };
      } catch (error) {
        network.failure = error;
        throw error;
      }
    },
  };
  return network;
}

function tokenOf(answer: Answer, config: DynamicsConfig): object {
  const body = parseJson(answer.text);
  if (answer.status < 200 || answer.status > 299) throw entraRefusal(answer, body, config);
  const { success, data } = TOKEN_ANSWER.safeParse(body);
  if (!success) throw unusable(answer.status);
  return data;
}

function unusable(status?: number): DynamicsError {
  return new DynamicsError(
    "Entra sent something else than a token, perhaps another server's page; it is tried again.",
    { errorClass: "transient", status },
  );
}
