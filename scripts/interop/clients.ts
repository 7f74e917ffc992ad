import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { OffsetFileFormat } from "../../src/core/mod.ts";

/** The programs that build a driver. */
export type Toolchain = "go" | "jdk" | "cargo";

/** A command, where it runs, and what it needs in its environment. */
export interface Step {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A client that the interoperability run knows. */
export interface Client {
  /** The name on the command line. */
  readonly id: string;
  readonly toolchain: Toolchain;
  /** Builds the driver into the folder. */
  build(folder: string): readonly Step[];
  /** Starts the driver that was built into the folder. */
  command(folder: string): readonly string[];
  /** The form of its files: Go's, that of Java's fastjson 1 or 2, or serde's. */
  readonly writes: "go" | "fastjson" | "fastjson2" | "serde";
  /** Which of our forms it reads. */
  readonly reads: readonly OffsetFileFormat[];
}

const SOURCES = fileURLToPath(new URL("../../tests/interop/", import.meta.url));

/** The versions whose names are in the files of `tests/interop`. */
export const CLIENTS: readonly Client[] = [
  goClient("2.0.0", ["-modfile=go-2.0.mod", "-tags=v2_0"]),
  goClient("2.1.2", []),
  // The last versions that wrote a temporary file. In 4.9.4, a persist of some queues drops the others.
  javaClient("4.9.4", "fastjson"),
  javaClient("4.9.8", "fastjson"),
  javaClient("5.5.0", "fastjson2"),
  rustClient("0.9.0"),
];

function goClient(version: string, options: readonly string[]): Client {
  const program = (folder: string) => join(folder, `go-${version}`);
  return {
    id: `go-${version}`,
    toolchain: "go",
    build: (folder) => [{
      command: ["go", "build", ...options, "-o", program(folder), "."],
      cwd: join(SOURCES, "go"),
    }],
    command: (folder) => [program(folder)],
    writes: "go",
    reads: ["go"],
  };
}

function javaClient(version: string, writes: "fastjson" | "fastjson2"): Client {
  const output = (folder: string) => join(folder, `java-${version}`);
  return {
    id: `java-${version}`,
    toolchain: "jdk",
    build: (folder) => [{
      command: [
        ...["mvn", "-q", "-B", "package"],
        ...[`-Drocketmq.version=${version}`, `-Dinterop.output=${output(folder)}`],
      ],
      cwd: join(SOURCES, "java"),
    }],
    command: (folder) => [
      // Starts in half the time, and says what 4.9 would take from the locale.
      ...["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8"],
      // Its log files go to the home directory.
      ...[`-Duser.home=${join(folder, "home")}`, `-Dinterop.version=${version}`],
      ...["-cp", `${output(folder)}/classes${separator}${output(folder)}/lib/*`],
      "interop.Driver",
    ],
    writes,
    // fastjson 1 takes text for an object where it needs one, fastjson 2 does not.
    reads: writes === "fastjson" ? ["go", "java"] : ["java"],
  };
}

function rustClient(version: string): Client {
  const target = (folder: string) => join(folder, "rust");
  return {
    id: `rust-${version}`,
    toolchain: "cargo",
    build: (folder) => [{
      command: ["cargo", "build", "--quiet"],
      cwd: join(SOURCES, "rust"),
      env: {
        CARGO_TARGET_DIR: target(folder),
        // These crates use unstable features, which a stable compiler takes only when told so.
        RUSTC_BOOTSTRAP: "rocketmq_rust,rocketmq_common,rocketmq_remoting,rocketmq_client_rust",
      },
    }],
    command: (folder) => [join(target(folder), "debug", "offset-store-driver")],
    writes: "serde",
    reads: ["go"],
  };
}

const separator = process.platform === "win32" ? ";" : ":";
