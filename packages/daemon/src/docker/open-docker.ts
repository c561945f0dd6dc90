import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { inspect } from 'node:util';
import Docker from 'dockerode';
import type { EngineAddress } from './engine-address.ts';

/** A client of the engine at an address, and the agent that keeps its connections, which is the caller's to destroy. */
export function openDocker(address: EngineAddress): { docker: Docker; agent: http.Agent } {
  // The agent keeps connections open, which saves a TLS handshake a request; dockerode's types do not know it.
  const connect = (agent: http.Agent, options: Docker.DockerOptions) => {
    // For each request docker-modem spells out its options to the last depth, for a log that nobody reads.
    const concise = Object.assign(agent, { [inspect.custom]: () => 'Agent' });
    return { docker: new Docker({ ...options, agent: concise } as Docker.DockerOptions), agent };
  };
  if (address.host.startsWith('unix://')) {
    return connect(new http.Agent({ keepAlive: true }), { socketPath: address.host.slice('unix://'.length) });
  }
  const { hostname, port } = new URL(address.host);
  if (address.tls === undefined) {
    return connect(new http.Agent({ keepAlive: true }), { protocol: 'http', host: hostname, port });
  }
  // The certificates are read once, not for each connection. The key is not named beside it: it would be read again.
  const agent = new https.Agent({ keepAlive: true, secureContext: createSecureContext(address.tls) });
  return connect(agent, { protocol: 'https', host: hostname, port });
}
