/** The file's name in a project folder. */
export const CONFIG_FILE = 'devloop.yaml';
