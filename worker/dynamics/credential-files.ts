import { createPrivateKey, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { z } from "zod";

export interface SecretFile {
  secret: string;
  /** yyyy-mm-dd, if the second line says so. */
  expiresOn: string | undefined;
}

export interface CertificateFile {
  /** PKCS #8, PEM. */
  privateKey: string;
  thumbprintSha256: string;
  /** The key's own certificate first, PEM. */
  chain: string;
  /** yyyy-mm-dd, in UTC. */
  expiresOn: string;
}

/** Far more than a chain of certificates needs; keeps a path to a device or a log from being read. */
const MAX_FILE_BYTES = 256 * 1024;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----[^-]+-----END ([A-Z]+ )*PRIVATE KEY-----/;

/** Reads a client secret; what is wrong is thrown as the end of a sentence, without the contents. */
export function readSecretFile(path: string): SecretFile {
  const [secret = "", expiresOn = ""] = readText(path)
    .split("\n")
    .map((line) => line.trim());
  if (secret === "") throw new Error("must name a file whose first line is the client secret");
  if (expiresOn !== "" && !z.iso.date().safeParse(expiresOn).success) {
    throw new Error(
      "must name a file whose second line, if there is one, is the secret's last day as yyyy-mm-dd",
    );
  }
  return { secret, expiresOn: expiresOn === "" ? undefined : expiresOn };
}

/** Reads key and certificate; what is wrong is thrown as the end of a sentence, without the contents. */
export function readCertificateFile(path: string): CertificateFile {
  const text = readText(path);
  const key = parseKey(text);
  const certificates = parseCertificates(text);
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined) {
    throw new Error("must name a PEM file in which a certificate belongs to the private key");
  }
  const others = certificates.filter((certificate) => certificate !== own);
  return {
    privateKey: key.export({ type: "pkcs8", format: "pem" }).toString(),
    thumbprintSha256: own.fingerprint256.replaceAll(":", ""),
    chain: [own, ...others].map((certificate) => certificate.toString()).join(""),
    expiresOn: own.validToDate.toISOString().slice(0, 10),
  };
}

function readText(path: string): string {
  let problem = "must name a file that can be read";
  try {
    const { size } = statSync(path);
    if (size <= MAX_FILE_BYTES) return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
    problem = `must name a file of at most ${MAX_FILE_BYTES / 1024} KB`;
  } catch (cause) {
    throw new Error(problem, { cause });
  }
  throw new Error(problem);
}

function parseKey(text: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(PRIVATE_KEY.exec(text)?.[0] ?? "");
  } catch {
    // What the library says may quote the key.
  }
  // Entra takes RSA only, and the assertion is signed with it.
  if (key?.asymmetricKeyType !== "rsa" || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new Error(
      "must name a PEM file with an unencrypted RSA private key of at least 2048 bits",
    );
  }
  return key;
}

function parseCertificates(text: string): X509Certificate[] {
  try {
    return (text.match(CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
  } catch {
    throw new Error("must name a PEM file whose certificates can be parsed");
  }
}
