export const migration0030 = {
  number: 30,
  sql: '',
} as const;
