export const migration0080 = {
  number: 80,
  sql: '',
} as const;
