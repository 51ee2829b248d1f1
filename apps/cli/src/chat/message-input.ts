import { edit, type Editor, NEW_EDITOR, putBack } from "./editor.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Screen } from "./screen.ts";

/** What came of asking for a message. `gone`: the terminal is no more. */
export type Asked =
  | { readonly type: "message"; readonly text: string }
  | { readonly type: "left" }
  | { readonly type: "interrupted" }
  | { readonly type: "gone" };

/** Reads messages from a keyboard, with a draft that outlives each. */
export class MessageInput {
  readonly #keyboard: Keyboard;
  readonly #screen: Screen;
  readonly #notice: (line: string) => void;
  #editor: Editor = NEW_EDITOR;

  constructor(options: { keyboard: Keyboard; screen: Screen; notice: (line: string) => void }) {
    this.#keyboard = options.keyboard;
    this.#screen = options.screen;
    this.#notice = options.notice;
  }

  /** Asks until there is a message, or the wish to leave: Ctrl-D, or Ctrl-C twice, on an empty line. */
  async ask(): Promise<Asked> {
    let warned = false;
    this.#screen.paint(this.#editor.draft);
    for (;;) {
      const key = await this.#keyboard.next();
      if (key === undefined) return { type: "gone" };
      const before = this.#editor.draft;
      const { editor, act } = edit(this.#editor, key);
      this.#editor = editor;
      if (act?.type === "repaint") this.#screen.clear();
      if (act?.type === "send" || act?.type === "leave") this.#screen.leave(before);
      if (act?.type === "send") return { type: "message", text: act.text };
      if (act?.type === "leave") return { type: "left" };
      if (act?.type === "interrupt") {
        this.#screen.leave(before);
        if (warned) return { type: "interrupted" };
        this.#notice("Ctrl-C once more leaves, and so does Ctrl-D.");
      }
      warned = act?.type === "interrupt";
      this.#screen.paint(editor.draft);
    }
  }

  /** Gives a message back that could not be sent. */
  putBack(text: string): void {
    this.#editor = putBack(this.#editor, text);
  }

  repaint(): void {
    this.#screen.paint(this.#editor.draft);
  }
}
