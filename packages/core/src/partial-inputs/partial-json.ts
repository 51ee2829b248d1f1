import { JSONParser } from "@streamparser/json";

/**
 * A JSON value that comes in pieces. Each piece costs what it brings, since it changes the one value that there is: a value of
 * its own for each piece would cost the whole each time.
 */
export class PartialJson {
  readonly #parser = new JSONParser({ emitPartialTokens: true, emitPartialValues: true });
  #value: unknown;
  #begun = false;
  #broken = false;
  /** The list whose last item is a string that is not whole: the parser itself appends only the whole one. */
  #unfinished: unknown[] | undefined;

  constructor() {
    this.#parser.onValue = ({ value, key, parent, stack, partial }) => {
      if (!this.#begun) {
        this.#begun = true;
        this.#value = parent ?? value;
      }
      // Whatever holds it stands in it already, except for the outermost value.
      if (stack.length === 0 && parent === undefined && value !== undefined) this.#value = value;
      if (Array.isArray(parent)) this.#putIntoList(parent, value, partial === true);
      else if (partial === true && typeof value === "string" && parent !== undefined) setField(parent, String(key), value);
    };
    // Told by `whole`, and by the turn itself where the input is cut or no JSON.
    this.#parser.onError = () => {
      this.#broken = true;
    };
    this.#parser.onEnd = () => undefined;
  }

  /** The value so far; `undefined` before its first character. The same object each time, while it grows. */
  get value(): unknown {
    return this.#value;
  }

  /** Whether the value has come to its end, and nothing but JSON came. */
  get whole(): boolean {
    return this.#parser.isEnded && !this.#broken;
  }

  add(piece: string): void {
    if (this.#broken || piece === "") return;
    this.#parser.write(piece);
  }

  #putIntoList(list: unknown[], value: unknown, isPart: boolean): void {
    const isUnfinished = this.#unfinished === list;
    if (!isPart) {
      this.#unfinished = undefined;
      if (isUnfinished) list.splice(-2, 1);
    } else if (typeof value === "string") {
      this.#unfinished = list;
      if (isUnfinished) list[list.length - 1] = value;
      else list.push(value);
    }
  }
}

function setField(target: object, name: string, value: unknown): void {
  // A field called `__proto__` is one.
  if (name === "__proto__") Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  else (target as Record<string, unknown>)[name] = value;
}
