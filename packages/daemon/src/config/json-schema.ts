import { ConfigSchema, ServiceSchema } from '@devloop/shared/config/config-schema';
import { z } from '@devloop/shared/zod';

type JsonSchema = z.core.JSONSchema.JSONSchema;

/**
 * The JSON Schema (draft 2020-12) of `devloop.yaml` as the user may write it, for editors: short forms included, a
 * service without a value allowed, at least one service required.
 */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(ConfigSchema, { io: 'input' });
  const service = z.toJSONSchema(ServiceSchema, { io: 'input' });
  delete service.$schema;
  const services = schema.properties?.['services'];
  if (typeof services !== 'object') throw new Error('the config schema has no services');
  // zod cannot see through the step that turns the `null` of a bare `web:` into an empty mapping
  services.additionalProperties = { ...service, type: ['object', 'null'] as unknown as 'object' };
  services.minProperties = 1;
  schema.required = ['services'];
  return {
    title: 'devloop.yaml',
    description:
      'What devloop builds and deploys while you edit. Two lines are enough: `services:` and a name below it.',
    ...schema,
  };
}
