/** The weak entity tag of a version, RFC 7644 §3.14; goes into the ETag header and meta.version, which must be equal. */
export function entityTag(version: string | number): string {
  return `W/"${version}"`
}

const tag = /^\s*(?:W\/)?"([^"]*)"\s*$/i

/**
 * Whether a list of entity tags, as in If-Match and If-None-Match, names the version. `*` names every version. Weak and
 * strong tags are compared alike (RFC 9110 §8.8.3.2), as SCIM's are weak.
 */
function names(header: string, version: string | number): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((each) => tag.exec(each)?.[1] === String(version))
}

/** Whether a write may go ahead; if not it is a 412. Without the header it may. */
export function isMatch(ifMatch: string | undefined, version: string | number): boolean {
  return ifMatch === undefined || names(ifMatch, version)
}

/** Whether a read is answered with 304 and no body. */
export function isUnchanged(ifNoneMatch: string | undefined, version: string | number): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, version)
}
