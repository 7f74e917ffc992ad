import { createHmac } from "node:crypto";
import type { Credentials } from "../options.ts";
import type { Request } from "./frame.ts";

/**
 * Adds RocketMQ's ACL signature to a request without a body.
 *
 * The signature is the HMAC-SHA1, in Base64, of the values of all fields in the order of their
 * names, with nothing in between. Java compares names by UTF-16 code units, and so does `sort`.
 */
export function signRequest(request: Request, credentials: Credentials): Request {
  const fields = new Map(request.fields).set("AccessKey", credentials.accessKey);
  if (credentials.securityToken !== undefined) {
    fields.set("SecurityToken", credentials.securityToken);
  }
  const names = [...fields.keys()].sort();
  const content = names.map((name) => fields.get(name)).join("");
  const signature = createHmac("sha1", credentials.secretKey).update(content, "utf8");
  return { ...request, fields: fields.set("Signature", signature.digest("base64")) };
}
