import type { Resource } from '../rig/kube-api.ts';

/** One of the example systems, and how it is seen that it works. */
export interface System {
  /** As `--only` names it. */
  readonly name: string;
  /** Folder of `fixtures/`. */
  readonly fixture: string;
  /** What is left out of the copy, relative to it. */
  readonly without: readonly string[];
  /** Whether it installs Python packages, or takes them from an image of the cluster: a sandbox has no network. */
  readonly isPython: boolean;
  /** Services that devloop is to find; undefined: one, called like the folder. */
  readonly services: readonly string[] | undefined;
  /** Objects that are to be there while it is up, by kind. */
  readonly objects: Partial<Record<Resource, number>>;
  /** Namespace of its objects; undefined: that of the context. */
  readonly namespace: string | undefined;
  readonly page: Page;
  /** A text of a source file that is shown, and that the edit replaces. */
  readonly edit: { readonly file: string; readonly text: string };
  /** Whether the version before the edit is gone back to. */
  readonly hasWayBack: boolean;
}

/** Where the text of the edit is shown. */
export type Page =
  | { readonly in: 'logs' }
  /** A port that is forwarded on request. */
  | {
      readonly in: 'added-forward';
      readonly service: string | undefined;
      readonly path: string;
      readonly forward: number;
    }
  /** The address at the node that devloop tells. */
  | { readonly in: 'node-port'; readonly service: string | undefined; readonly path: string }
  /** A local port that devloop forwards because a file says so; `variable` gives it. */
  | { readonly in: 'forward'; readonly service: string; readonly path: string; readonly variable: string };

const SHOP = [
  'carts',
  'carts-db',
  'catalogue',
  'catalogue-db',
  'front-end',
  'orders',
  'orders-db',
  'payment',
  'queue-master',
  'rabbitmq',
  'session-db',
  'shipping',
  'user',
  'user-db',
];
const SOCKS = { file: 'front-end/server.js', text: 'Socks for every day' };
const PLAIN = { without: [], isPython: false, services: undefined, namespace: undefined, hasWayBack: false };

/** The systems of the tutorials; each fixture's README says what is particular about it. */
export const SYSTEMS: readonly System[] = [
  {
    ...PLAIN,
    name: 'hello-world',
    fixture: 'hello-world',
    objects: { pods: 1 },
    page: { in: 'logs' },
    edit: { file: 'hello.js', text: 'Hello from a container' },
  },
  {
    ...PLAIN,
    name: 'flask-example',
    fixture: 'flask-example',
    without: ['devloop.yaml'],
    isPython: true,
    objects: { deployments: 1, services: 1, pods: 2 },
    page: { in: 'node-port', service: undefined, path: '/' },
    edit: { file: 'app.py', text: 'Forecasts' },
  },
  {
    ...PLAIN,
    name: 'timber',
    fixture: 'timber',
    objects: { deployments: 1, services: 1 },
    page: { in: 'added-forward', service: undefined, path: '/index', forward: 8080 },
    edit: { file: 'main.js', text: 'cut to length' },
    hasWayBack: true,
  },
  {
    ...PLAIN,
    name: 'restaurant-service',
    fixture: 'restaurant-service',
    services: ['restaurant-service'],
    objects: { deployments: 1, services: 1 },
    page: { in: 'added-forward', service: 'restaurant-service', path: '/restaurants/1', forward: 8080 },
    edit: { file: 'src/menu.json', text: 'lentil soup' },
    hasWayBack: true,
  },
  {
    ...PLAIN,
    name: 'api-gateway',
    fixture: 'api-gateway',
    without: ['devloop.yaml'],
    isPython: true,
    services: ['gateway-service', 'info-service', 'score-service'],
    objects: { pods: 3, services: 3 },
    page: { in: 'node-port', service: 'gateway-service', path: '/predict/21' },
    edit: { file: 'gateway_service/main.py', text: 'v1' },
  },
  {
    ...PLAIN,
    name: 'hotel-map',
    fixture: 'hotel-map',
    services: ['frontend', 'geo', 'profile', 'rate', 'search'],
    objects: { deployments: 5, services: 6 },
    page: { in: 'forward', service: 'frontend', path: '/', variable: 'FRONTEND_PORT' },
    edit: { file: 'services/profile.js', text: 'The Lantern' },
  },
  {
    ...PLAIN,
    name: 'sock-shop',
    fixture: 'sock-shop',
    services: SHOP,
    objects: { deployments: 14, services: 14 },
    namespace: 'sock-shop',
    page: { in: 'node-port', service: 'front-end', path: '/' },
    edit: SOCKS,
  },
  {
    ...PLAIN,
    name: 'sock-shop-compose',
    fixture: 'sock-shop',
    without: ['kubernetes'],
    services: SHOP,
    objects: { deployments: 14, services: 14 },
    page: { in: 'forward', service: 'front-end', path: '/', variable: 'FRONT_END_PORT' },
    edit: SOCKS,
  },
];
