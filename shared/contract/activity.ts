export const activityMethods = {} as const;
