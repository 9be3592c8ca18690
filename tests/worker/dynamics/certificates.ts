import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Certificate {
  key: string;
  cert: string;
}

/** A folder for the length of a test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dynamics-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export function aFile(content: string): string {
  const path = join(aFolder(), "file");
  writeFileSync(path, content);
  return path;
}

const SIGNING = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = policy
x509_extensions = extensions
[policy]
commonName = supplied
[extensions]
subjectAltName = DNS:localhost
`;

/** A self-signed certificate for localhost, valid between two days (yyyy-mm-dd, midnight in UTC). */
export function aCertificate({
  from = "2020-01-01",
  to = "2046-01-01",
  newKey = "rsa:2048",
} = {}): Certificate {
  const cwd = mkdtempSync(join(tmpdir(), "certificate-"));
  const openssl = (line: string) =>
    execFileSync("openssl", line.split(" "), { cwd, stdio: "pipe" });
  try {
    writeFileSync(join(cwd, "ca.cnf"), SIGNING);
    writeFileSync(join(cwd, "index.txt"), "");
    writeFileSync(join(cwd, "serial"), "01");
    openssl(`req -new -newkey ${newKey} -nodes -keyout key.pem -out csr.pem -subj /CN=localhost`);
    openssl(
      "ca -batch -selfsign -notext -config ca.cnf -keyfile key.pem -in csr.pem -out cert.pem " +
        `-startdate ${instant(from)} -enddate ${instant(to)}`,
    );
    return {
      key: readFileSync(join(cwd, "key.pem"), "utf8"),
      cert: readFileSync(join(cwd, "cert.pem"), "utf8"),
    };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

function instant(day: string): string {
  return `${day.replaceAll("-", "")}000000Z`;
}
