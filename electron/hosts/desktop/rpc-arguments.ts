export interface RpcArguments {
  readonly name: string;
  /** JSON; it is parsed in the core process, never here. */
  readonly input: string;
}

/** Enough for the largest file text of the contract with its escapes. */
export const INPUT_LIMIT_CHARACTERS = 128 * 1024 * 1024;

/** What came through the channel, when it is exactly a method name and a text of bearable length. */
export function readRpcArguments(args: readonly unknown[]): RpcArguments | null {
  const [name, input] = args;
  if (args.length !== 2 || typeof name !== 'string' || typeof input !== 'string') return null;
  if (name.length > 64 || !/^[a-z]+\.[a-zA-Z]+$/.test(name)) return null;
  return input.length <= INPUT_LIMIT_CHARACTERS ? { name, input } : null;
}
