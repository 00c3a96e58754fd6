/** The version of this code; equal to package.json's, which a test holds it to. */
export const VERSION = '0.1.0';
