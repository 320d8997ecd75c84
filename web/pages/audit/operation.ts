/** `createConnection` as people say it: “Create connection”. */
export function wordsOfOperation(operation: string): string {
  const words = operation.replaceAll(
    /[A-Z]+(?![a-z])|[A-Z]/g,
    (part) => ` ${part.length > 1 ? part : part.toLowerCase()}`,
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}
