/** Where the offsets are kept, and how the store asks for them. */
export interface RemoteOptions {
  /** The consumer group whose offsets these are. */
  readonly group: string;
  /** The name servers as `host:port`; each is asked until one answers. */
  readonly nameServers: readonly string[];
  /**
   * Whether updates are sent without asking for an answer, as Java's and Go's consumers do; `false`
   * by default. A `persist` then resolves when the operating system has the bytes, and nothing
   * tells whether the broker took them, refused them or ever got them.
   */
  readonly oneWay?: boolean;
  /** How many requests may be under way at once, from 1 to 1024; 16 by default. */
  readonly parallel?: number;
  /**
   * How long a call may take in all, in milliseconds from 1 to 2^31 − 1; 10000 by default. Until
   * then a lost connection is made again and a request sent again.
   */
  readonly timeoutMs?: number;
  /**
   * How long one request or one connection attempt may take, in milliseconds from 1 to 2^31 − 1;
   * 3000 by default.
   */
  readonly requestTimeoutMs?: number;
  /** The longest frame that is accepted, in bytes from 1024 to 2^31 − 1; 16777216 by default. */
  readonly maxFrameBytes?: number;
  /** Signs each request, for servers that check access. */
  readonly credentials?: Credentials;
  /** Whether connections are encrypted: `false` by default, or the particulars. */
  readonly tls?: boolean | TlsSettings;
}

/** What a server that checks access wants to see. */
export interface Credentials {
  /** The access key, which is the user's name in RocketMQ 5. */
  readonly accessKey: string;
  /** The secret key, which is never sent. */
  readonly secretKey: string;
  /** A token that some services hand out with temporary keys. */
  readonly securityToken?: string;
}

/** How encrypted connections are made; certificates and keys are PEM. */
export interface TlsSettings {
  /** The authorities that the servers' certificates are checked against; the system's by default. */
  readonly ca?: string | readonly string[];
  /** The certificate that is shown to the servers. */
  readonly cert?: string;
  /** The private key of that certificate. */
  readonly key?: string;
  /** The name that the servers' certificates must bear; by default the host of the address. */
  readonly serverName?: string;
  /** Whether certificates are checked (the default); RocketMQ's own test certificate fails that. */
  readonly verify?: boolean;
}

/** What a single call of a store takes. */
export interface CallOptions {
  /** Ends the call early; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}
