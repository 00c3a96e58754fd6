export const vaultMethods = {} as const;
