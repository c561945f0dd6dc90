/** A decoded part of an object. Its fields have the types of the schema, which the compiler does not know. */
// biome-ignore lint/suspicious/noExplicitAny: the shape follows from the schema
export type Fields = Record<string, any>;
