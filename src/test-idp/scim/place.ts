/**
 * Whether pages may have this called: this machine, or one of the origins. Anything else would let whoever reaches the
 * pages look around in networks that are not theirs.
 */
export function isCallable(url: string, origins: readonly string[]): boolean {
  const { hostname, origin } = new URL(url)
  return isThisMachine(hostname) || origins.includes(origin)
}

/** Names under .localhost are left out: not every resolver keeps them on the machine. */
function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
