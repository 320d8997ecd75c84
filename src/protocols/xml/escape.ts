/**
 * Character data, escaped as Canonical XML writes it (C14N 1.0 §2.3), so that what we issue is already canonical.
 * What XML cannot carry at all becomes U+FFFD: a null in somebody's login hint must not become an exception.
 */
export function escapeText(text: string): string {
  if (!/[&<>\r]/.test(text) && !unrepresentable.test(text)) return text
  return representable(text).replace(/[&<>\r]/g, (character) => textEscapes[character] ?? character)
}

/** An attribute value for double quotes, escaped as Canonical XML writes it. */
export function escapeAttribute(text: string): string {
  if (!/[&<"\t\n\r]/.test(text) && !unrepresentable.test(text)) return text
  return representable(text).replace(/[&<"\t\n\r]/g, (character) => attributeEscapes[character] ?? character)
}

const textEscapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }
const attributeEscapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** Every surrogate takes the slow path; whether it stands alone is decided there. */
const unrepresentable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/

function representable(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}
