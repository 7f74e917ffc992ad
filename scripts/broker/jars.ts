import { spawn } from "node:child_process";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The versions whose broker is known to work here; others can be asked for. */
export const KNOWN_VERSIONS = ["5.5.0", "4.9.7"] as const;

const PARTS = ["namesrv", "broker", "tools", "client"];

/**
 * Has Maven copy a broker, a name server, the tools and the client with all that they need into
 * `<cache>/<version>`, unless they are there already.
 *
 * @returns The folder with the jars.
 * @throws {Error} If Maven fails, with the end of its output.
 */
export async function downloadJars(cache: string, version: string): Promise<string> {
  const folder = join(cache, version, "lib");
  if (await isFolder(folder)) return folder;
  const work = join(cache, version, "download");
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await writeFile(join(work, "pom.xml"), pom(version));
  await maven(work);
  // The name appears only with all of the jars behind it.
  await rename(join(work, "lib"), folder);
  await rm(work, { recursive: true });
  return folder;
}

async function isFolder(path: string): Promise<boolean> {
  return await readdir(path).then(({ length }) => length > 0, () => false);
}

function maven(cwd: string): Promise<void> {
  const args = ["-B", "-q", "dependency:copy-dependencies", "-DincludeScope=runtime"];
  const child = spawn("mvn", [...args, "-DoutputDirectory=lib"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (text: string) => said = (said + text).slice(-2000);
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      reject(new Error(`Cannot download RocketMQ's jars: mvn ended with code ${code}\n${said}`));
    });
  });
}

function pom(version: string): string {
  const dependencies = PARTS.map((part) =>
    `<dependency><groupId>org.apache.rocketmq</groupId>` +
    `<artifactId>rocketmq-${part}</artifactId><version>${version}</version></dependency>`
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>offsetstore</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies>${dependencies.join("")}</dependencies>
</project>
`;
}
