import type { PodStreams } from './pod-streams.ts';

/** Answers each stream with what it was asked for, as the kubelet would with the container's bytes. */
export const fakePodStreams: PodStreams = {
  log: async (pod, query, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(`log of ${pod.metadata.name} ${query}\n`);
  },
  exec: (pod, query, { socket }) => {
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: fake\r\nconnection: upgrade\r\n\r\nexec in ${pod.metadata.name} ${query}`,
    );
  },
  portForward: (pod, query, { socket }) => {
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: fake\r\nconnection: upgrade\r\n\r\nforward to ${pod.metadata.name} ${query}`,
    );
  },
};
