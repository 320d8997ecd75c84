/**
 * Somebody who pastes an endpoint with a slash behind it makes clients ask for `…//Users`, and some libraries end every
 * collection in a slash. Both mean what they would without. Of a URL that is not of this door nothing is changed.
 */
export function tidyScimUrl(url: string): string {
  if (!url.startsWith('/scim/')) return url
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  if (!path.endsWith('/') && !path.includes('//')) return url
  const tidy = path.replaceAll(/\/{2,}/g, '/')
  return `${tidy.endsWith('/') ? tidy.slice(0, -1) : tidy}${mark === -1 ? '' : url.slice(mark)}`
}
