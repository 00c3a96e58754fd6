export const migration0040 = {
  number: 40,
  sql: '',
} as const;
