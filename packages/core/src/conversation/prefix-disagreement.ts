/** One thing that the API said of a request and that the prefix ledger had otherwise. */
export interface PrefixDisagreement {
  /**
   * `cache-missed`: the request differs from the one before it, though nothing was stored between them that changes what is sent.
   * `thinking-dropped`: thinking that was sent as valid was taken out before the model saw it. `thinking-mismatched`: it failed a
   * check that is not enforced for this request, and the model saw it. `thinking-rejected`: the request was refused for it, and made
   * again without it.
   */
  readonly type: "cache-missed" | "thinking-dropped" | "thinking-mismatched" | "thinking-rejected";
  /** The API's own word: `messages_changed`, `prefix_binding_mismatch`. */
  readonly reason: string;
  /** The entry whose thinking it is. */
  readonly entryId?: string;
  /** Of a cache that was missed: about how many input tokens could have been read. */
  readonly tokens?: number;
}
