/** zod's optional members may be there as undefined; options may not. */
export type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

export function withoutUndefined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<Value>;
}
