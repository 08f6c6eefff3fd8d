/** Where a command writes. */
export interface Output {
  /** A line on standard output. */
  answer(line: string): void;
  /** A line on standard error, after the program's name. */
  say(line: string): void;
}
