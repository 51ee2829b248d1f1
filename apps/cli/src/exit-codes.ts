/** Every way the program can end, as the shell sees it. Documented in docs/cli.md. */
export const EXIT = Object.freeze({
  ok: 0,
  failure: 1,
  usage: 2,
  /** No key, or one that the API does not take. */
  key: 4,
  /** With `--strict`: the reply was cut off, refused or not in the form that was asked for. */
  strict: 5,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
});
