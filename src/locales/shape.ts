/** What a translation must have: every key of the English object, with a text in its place. */
type Leaf<T> = T extends string ? string : { readonly [K in keyof T]: Leaf<T[K]> };

export type Translation<English> = Leaf<English>;
