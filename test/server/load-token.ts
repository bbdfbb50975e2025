export const token = 'a-token-of-the-load-tests';
