export const migration0070 = {
  number: 70,
  sql: '',
} as const;
