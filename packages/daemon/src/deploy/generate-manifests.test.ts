import { expect, test } from 'vitest';
import { generateManifests } from './generate-manifests.ts';

test('a Deployment and a Service on the exposed ports', () => {
  const manifests = generateManifests({
    name: 'web',
    image: 'web',
    exposedPorts: [
      { port: 8080, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
    ],
    env: { DEBUG: '1' },
  });
  expect(manifests).toMatchInlineSnapshot(`
    [
      {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
          "labels": {
            "app": "web",
          },
          "name": "web",
        },
        "spec": {
          "replicas": 1,
          "selector": {
            "matchLabels": {
              "app": "web",
            },
          },
          "template": {
            "metadata": {
              "labels": {
                "app": "web",
              },
            },
            "spec": {
              "containers": [
                {
                  "env": [
                    {
                      "name": "DEBUG",
                      "value": "1",
                    },
                  ],
                  "image": "web",
                  "name": "web",
                  "ports": [
                    {
                      "containerPort": 8080,
                      "name": "tcp-8080",
                      "protocol": "TCP",
                    },
                    {
                      "containerPort": 53,
                      "name": "udp-53",
                      "protocol": "UDP",
                    },
                  ],
                },
              ],
            },
          },
        },
      },
      {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
          "labels": {
            "app": "web",
          },
          "name": "web",
        },
        "spec": {
          "ports": [
            {
              "name": "tcp-8080",
              "port": 8080,
              "protocol": "TCP",
              "targetPort": "tcp-8080",
            },
            {
              "name": "udp-53",
              "port": 53,
              "protocol": "UDP",
              "targetPort": "udp-53",
            },
          ],
          "selector": {
            "app": "web",
          },
          "type": "ClusterIP",
        },
      },
    ]
  `);
});

test('without ports nothing tells whether the program goes on: it may end, and is started again when it fails', () => {
  const manifests = generateManifests({ name: 'worker', image: 'worker', exposedPorts: [], env: {} });
  expect(manifests).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'worker', labels: { app: 'worker' } },
      spec: { restartPolicy: 'OnFailure', containers: [{ name: 'worker', image: 'worker' }] },
    },
  ]);
});
