/**
 * The state of a commit has names: no class of the store or of a commit has a flag or an optional
 * field that changes, and `after` alone makes the state of the files.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { ROOT, sources } from "./sources.ts";

const FOLDERS = ["src/file/commit/", "src/file/store/"];
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ["node"],
};

/** A class field that changes, and is a flag or may be `undefined` or `null`. */
interface Unnamed {
  readonly field: string;
  readonly type: string;
}

const EMPTY = ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void;

function* unnamedIn(file: ts.SourceFile, checker: ts.TypeChecker): Generator<Unnamed> {
  for (const field of fieldsIn(file)) {
    if (ts.getCombinedModifierFlags(field) & ts.ModifierFlags.Readonly) continue;
    const type = checker.getTypeAtLocation(field);
    const parts = type.isUnion() ? type.types : [type];
    const isUnnamed = field.questionToken !== undefined ||
      parts.some(({ flags }) => flags & (ts.TypeFlags.BooleanLike | EMPTY));
    if (isUnnamed) yield { field: field.name.getText(), type: checker.typeToString(type) };
  }
}

function* fieldsIn(node: ts.Node): Generator<ts.PropertyDeclaration> {
  if (ts.isPropertyDeclaration(node)) yield node;
  for (const child of childrenOf(node)) yield* fieldsIn(child);
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  node.forEachChild((child) => void children.push(child));
  return children;
}

/** The functions whose answers are assigned to `this.#state`, outside of a constructor. */
function* makersOfState(node: ts.Node): Generator<string> {
  if (ts.isConstructorDeclaration(node)) return;
  if (ts.isBinaryExpression(node) && isAssignment(node) && isState(node.left)) {
    const { right } = node;
    yield ts.isCallExpression(right) ? right.expression.getText() : right.getText();
  }
  for (const child of childrenOf(node)) yield* makersOfState(child);
}

const isAssignment = ({ operatorToken: { kind } }: ts.BinaryExpression) =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

const isState = (node: ts.Node) =>
  ts.isPropertyAccessExpression(node) && node.name.text === "#state";

/** Classes with each kind of fault, and without. */
const EXAMPLE = `
  type Maybe = { readonly is: "none" } | undefined;
  class A {
    #a = false;
    #b: string | undefined;
    c?: number;
    static d: boolean | "unknown" = "unknown";
    #e: Maybe;
    f: number | null = null;
    #fine: "on" | "off" = "off";
    readonly #constant = true;
    #count = 0;
    #state = 1;
    constructor() { this.#state = 2; }
    g() { this.#state = after(this.#state); this.#state ??= 3; this.#count = 4; }
  }
  const B = class { #h = true };
  declare function after(n: number): number;`;
const EXAMPLE_NAME = "/example.ts";

const paths = FOLDERS.flatMap(sources).map((path) => fileURLToPath(new URL(path, ROOT)));
const host = ts.createCompilerHost(OPTIONS, true);
const program = ts.createProgram([EXAMPLE_NAME, ...paths], OPTIONS, {
  ...host,
  fileExists: (name) => name === EXAMPLE_NAME || host.fileExists(name),
  getSourceFile: (name, languageVersion) =>
    name === EXAMPLE_NAME
      ? ts.createSourceFile(name, EXAMPLE, languageVersion, true)
      : host.getSourceFile(name, languageVersion),
});
const checker = program.getTypeChecker();
const files = paths.map((path) => program.getSourceFile(path)!);

test("the check sees flags and optional fields, declared or inferred, and who makes a state", () => {
  const file = program.getSourceFile(EXAMPLE_NAME)!;
  const unnamed = [...unnamedIn(file, checker)];
  assert.deepEqual(unnamed.map(({ field }) => field), ["#a", "#b", "c", "d", "#e", "f", "#h"]);
  assert.deepEqual([...makersOfState(file)], ["after", "3"]);
});

test("no class of src/file/commit and src/file/store has a flag or an optional field", () => {
  const fields = files.flatMap((file) => [...fieldsIn(file)]);
  assert.ok(fields.length > 60, `the check saw ${fields.length} fields`);
  const unnamed = files.flatMap((file) =>
    [...unnamedIn(file, checker)].map(({ field, type }) => `${file.fileName} ${field}: ${type}`)
  );
  assert.deepEqual(unnamed, []);
});

test("the state of a store's files is made by `after` alone", () => {
  const makers = files.filter(({ fileName }) => fileName.endsWith("/commit/committer.ts"))
    .flatMap((file) => [...makersOfState(file)]);
  assert.deepEqual(makers, ["after"]);
});
