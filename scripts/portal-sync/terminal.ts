import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface Questions {
  /** The answer without spaces around it; what is typed in answer to a hidden one is not shown. */
  ask(question: string, options?: { hidden?: boolean }): Promise<string>;
  close(): void;
}

/** Asks on the terminal, through standard error, so that standard output holds results alone. */
export function openQuestions(): Questions {
  let isHidden = false;
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (!isHidden) process.stderr.write(chunk as Buffer);
      done();
    },
  });
  // Without a history the arrow keys cannot bring a secret back.
  const reader = createInterface({
    input: process.stdin,
    output: echo,
    terminal: true,
    historySize: 0,
  });
  // Answers that were pasted all at once wait for their questions.
  const lines = reader[Symbol.asyncIterator]();
  const ask: Questions["ask"] = async (question, { hidden = false } = {}) => {
    reader.setPrompt(question);
    reader.prompt();
    isHidden = hidden;
    const line = await lines.next();
    if (isHidden || line.done === true) process.stderr.write("\n");
    isHidden = false;
    if (line.done === true) throw new Error("The questions were not answered; nothing was done.");
    return line.value.trim();
  };
  return { ask, close: () => reader.close() };
}
