export const rescoreMethods = {} as const;
