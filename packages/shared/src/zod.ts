import { z } from 'zod';

// By itself zod writes a function for each object schema and has it compiled when the schema is first used. Here nearly
// every schema is used once or twice in the life of a process: the compiling is a tenth of the work of `devloop up`.
z.config({ jitless: true });

export { z };
