export const migration0050 = {
  number: 50,
  sql: '',
} as const;
