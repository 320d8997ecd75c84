/**
 * Character data, escaped as Canonical XML writes it (C14N 1.0 §2.3), so that what we issue is already canonical.
 * What XML cannot carry at all becomes U+FFFD: a null in somebody's login hint must not become an exception.
 */
export function escapeText(text: string): string {
  return unsafeText.test(text) ? representable(text).replace(/[&<>\r]/g, escape) : text
}

/** An attribute value for double quotes, escaped as Canonical XML writes it. */
export function escapeAttribute(text: string): string {
  return unsafeAttribute.test(text) ? representable(text).replace(/[&<"\t\n\r]/g, escape) : text
}

// One look decides for nearly every text. Every surrogate takes the slow way; whether it stands alone is seen there.
const unsafeText = /[&<>\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]/
const unsafeAttribute = /[&<"\u0000-\u001f\ud800-\udfff\ufffe\uffff]/

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

function escape(character: string): string {
  return escapes[character] ?? character
}

function representable(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
}
