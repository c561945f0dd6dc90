/** The version of Kubernetes whose behaviour the sandbox's API is. */
export const KUBERNETES_VERSION = 'v1.32.4';
