/** Two deadlocks in a row are bad luck; more are a bug that must be seen. */
const tries = 3

/** 40P01 is a deadlock, 40001 what some managed PostgreSQLs say instead. */
const undone = new Set<unknown>(['40P01', '40001'])

/**
 * Does again what PostgreSQL undid because two transactions waited for each other, such as two people who swap their
 * addresses at the same moment. Nothing of it was written, so the identity provider need not know.
 */
export async function retryDeadlock<T>(act: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left--) {
    try {
      return await act()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (left <= 0 || !undone.has(code)) throw error
    }
  }
}
