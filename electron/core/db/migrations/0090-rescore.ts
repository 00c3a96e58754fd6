export const migration0090 = {
  number: 90,
  sql: '',
} as const;
