/**
 * `$(NAME)` in a text, replaced by the variable; `$$` is a dollar sign; a name that is not known stays as it is written.
 * third_party/forked/golang/expansion.
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(variables, name) ? (variables[name] ?? '') : whole;
  });
}
