import type * as z from "zod/mini";

/**
 * Holds a zod schema against the type that it is of, both ways, as the program compiles: what the schema takes must be a `T`
 * (`satisfies z.ZodMiniType<T>` would see that much), and it must know every variant and every field of `T`, the optional ones too.
 */
export function shapeOf<T>() {
  return <S extends z.ZodMiniType<T>>(shape: S & Drift<T, z.output<S>>): S => shape;
}

/** `unknown` where there is none; else a type that names it in the compiler's message. */
type Drift<T, Taken> = [Texts<T>] extends [Texts<Taken>]
  ? [Fields<T>] extends [Fields<Taken>]
    ? unknown
    : { readonly "the schema does not know these fields": Exclude<Fields<T>, Fields<Taken>> }
  : { readonly "the schema does not take every one of": Texts<T> };

/** What tells the variants of a union apart: its texts, or the text fields of its objects. */
type Texts<T> = T extends readonly unknown[]
  ? unknown
  : T extends object
    ? { [K in keyof T as T[K] extends string ? KnownKey<K> : never]: T[K] }
    : T;

/** The fields of every variant together; an optional one has a `?` behind its name. */
type Fields<T> = T extends readonly unknown[] ? never : T extends object ? keyof { [K in keyof T as FieldName<T, K>]: T[K] } : never;

type FieldName<T, K extends keyof T> = object extends Pick<T, K> ? `${KnownKey<K>}?` : KnownKey<K>;
type KnownKey<K> = K extends string ? (string extends K ? never : K) : never;
