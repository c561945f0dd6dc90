/** How to reach an engine, as `DOCKER_HOST` and `DOCKER_CERT_PATH` say it. */
export interface EngineAddress {
  /** `tcp://host:port` or `unix:///path`. */
  readonly host: string;
  /** Contents of ca.pem, cert.pem and key.pem; undefined without TLS. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string } | undefined;
  /** Where the address comes from, for the user. */
  readonly because: string;
}
