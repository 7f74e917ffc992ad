#!/usr/bin/env -S deno run --allow-read --allow-write --allow-env
/**
 * The operator's tool as an installed program, `offsetstore`. The package ships it as JavaScript;
 * Deno can install it from its URL:
 *
 *     deno install -g --allow-read --allow-write --allow-env https://…/offsetstore.ts
 *
 * @module
 */
import process from "node:process";
import { processIo } from "./lib/process_io.ts";
import { main } from "./offsets.ts";

// Setting the code, unlike process.exit, lets a pipe take all of the output first.
process.exitCode = await main(process.argv.slice(2), processIo(), "offsetstore");
