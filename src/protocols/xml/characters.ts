/** XML 1.0 §2.2. NaN, from a lone ampersand, is none. */
export function isCharacter(code: number): boolean {
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  )
}

const nameStart =
  /^[A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u{200c}-\u{200d}\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\u{10000}-\u{effff}]$/u
const nameCharacter = /^[\u{300}-\u{36f}\u{203f}-\u{2040}\u{b7}.0-9-]$/u

/** XML 1.0 §2.3 without the colon: 2 may begin a name, 1 may continue one. The table spares the common case a regex. */
const asciiNames = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return nameStart.test(character) ? 2 : nameCharacter.test(character) ? 1 : 0
})

export function isNameStart(code: number): boolean {
  return code < 128 ? asciiNames[code] === 2 : nameStart.test(String.fromCodePoint(code))
}

export function isNameCharacter(code: number): boolean {
  if (code < 128) return (asciiNames[code] ?? 0) > 0
  const character = String.fromCodePoint(code)
  return nameStart.test(character) || nameCharacter.test(character)
}
