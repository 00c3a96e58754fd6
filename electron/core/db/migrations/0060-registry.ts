export const migration0060 = {
  number: 60,
  sql: '',
} as const;
