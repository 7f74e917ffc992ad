import type { BrokerOptions } from "../../broker/with_broker.ts";

/** The user that the broker of the test knows. */
export const CREDENTIALS = { accessKey: "offsetstore", secretKey: "12345678-secret" };

const ACCOUNTS = `accounts:
  - accessKey: ${CREDENTIALS.accessKey}
    secretKey: ${CREDENTIALS.secretKey}
    admin: true
`;

/** How a broker is set up to check access: versions 4 and 5 have nothing in common there. */
export function accessOptions(version: string): Pick<BrokerOptions, "properties" | "files"> {
  if (version.startsWith("4.")) {
    return { properties: { aclEnable: true }, files: { "conf/plain_acl.yml": ACCOUNTS } };
  }
  const { accessKey: username, secretKey: password } = CREDENTIALS;
  const PROVIDERS = "org.apache.rocketmq.auth";
  return {
    properties: {
      authenticationEnabled: true,
      authenticationProvider: `${PROVIDERS}.authentication.provider.DefaultAuthenticationProvider`,
      authenticationMetadataProvider:
        `${PROVIDERS}.authentication.provider.LocalAuthenticationMetadataProvider`,
      initAuthenticationUser: JSON.stringify({ username, password }),
      innerClientAuthenticationCredentials: JSON.stringify({
        accessKey: username,
        secretKey: password,
      }),
    },
  };
}
