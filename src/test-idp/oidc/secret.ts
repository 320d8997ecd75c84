/** The secret of every client here: what is being tested is how clients use theirs, not whether they keep it. */
export const oidcTestSecret = 'test-secret'
