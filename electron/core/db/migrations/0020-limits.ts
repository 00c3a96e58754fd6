export const migration0020 = {
  number: 20,
  sql: '',
} as const;
