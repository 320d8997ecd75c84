/** Works through the items with so many hands at once. The first failure ends it. */
export async function inParallel<T>(
  items: readonly T[],
  hands: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: Math.min(hands, items.length) }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}
