import { describe, expect, test } from 'vitest'
import { hashArgon2id } from './argon2.ts'
import { type ForeignHashType, isOutdated, readForeignHash, verifyPassword } from './stored-hash.ts'

/** Published vectors: who says so, of what kind, the hash, the password. */
const vectors: readonly [string, ForeignHashType, string, string][] = [
  [
    'the Argon2 reference code, Argon2id',
    'argon2',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    'password',
  ],
  [
    'the Argon2 reference code, Argon2i',
    'argon2',
    '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA',
    'password',
  ],
  ['crypt_blowfish', 'bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  ['crypt_blowfish, as PHP spells it', 'bcrypt', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  [
    'RFC 7914 §12',
    'scrypt',
    '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==',
    'pleaseletmein',
  ],
  [
    'RFC 7914 §12, with the cost itself',
    'scrypt',
    '$scrypt$v=1$n=16384,r=8,p=1,kl=64$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046_2o-7qQT44-qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    'pleaseletmein',
  ],
  [
    'firebase/scrypt',
    'firebase-scrypt',
    '$firebase-scrypt$hash=lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$salt=42xEC+ixf3L2lw==$sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$ss=Bw==$r=8$m=14',
    'user1password',
  ],
  ['RFC 6070', 'pbkdf2', '$pbkdf2-sha1$i=4096,l=20$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE', 'password'],
  [
    'RFC 6070, the digest as a parameter',
    'pbkdf2',
    '$pbkdf2$i=4096,d=sha1$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE',
    'password',
  ],
  [
    'passlib',
    'pbkdf2',
    '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
    'password',
  ],
  ['Django', 'pbkdf2', 'pbkdf2_sha256$20000$seasalt$oBSd886ysm3AqYun62DOdin8YcfbU1z9cksZSuLP9r0=', 'lètmein'],
  ['passlib', 'ssha', '{SSHA}0H+zTv8o4MR4H43n03eCsvw1luG8LdB7', 'secret'],
  ['Python’s hashlib', 'ssha256', '{SSHA256}oBmrdHcA6OZEkkCLeXh71YAerbvhXz1qqwjrPsXmEtNzYWx0c2FsdA==', 'secret'],
]

describe('a hash from elsewhere', () => {
  test.each(vectors)(
    'by %s (%s) opens to its password and no other',
    { timeout: 60_000 },
    async (_source, type, text, password) => {
      const stored = readForeignHash(type, text) ?? ''
      expect(await verifyPassword(stored, password)).toBe(true)
      for (const wrong of ['', `${password} `]) expect(await verifyPassword(stored, wrong)).toBe(false)
      expect(isOutdated(stored)).toBe(true)
    },
  )

  test('with its salt in front opens when that is said, and else not', async () => {
    const text = '{SSHA256}J7DZ9QiIkiAbTVNB007sp9/TsZpqTzXFNt2gy+1F5wFzYWx0c2FsdA=='
    expect(await verifyPassword(readForeignHash('ssha256', text, 'prefix') ?? '', 'secret')).toBe(true)
    expect(await verifyPassword(readForeignHash('ssha256', text) ?? '', 'secret')).toBe(false)
  })

  test.each<[string, ForeignHashType, string]>([
    [
      'another kind',
      'bcrypt',
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
    ['nothing', 'bcrypt', ''],
    ['a bcrypt cut short', 'bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe'],
    ['a bcrypt that takes minutes', 'bcrypt', '$2a$20$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    [
      'an Argon2 of the older version',
      'argon2',
      '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ',
    ],
    [
      'an Argon2 that takes all memory',
      'argon2',
      '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
    ['an Argon2 without costs', 'argon2', '$argon2id$v=19$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    [
      'an Argon2 with a key of its own',
      'argon2',
      '$argon2id$v=19$m=65536,t=2,p=1,keyid=AAAA$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ],
    ['a scrypt that takes all memory', 'scrypt', '$scrypt$ln=24,r=8,p=1$U29kaXVt$cCO9yzr9c0hGHAbNgf046w'],
    ['a scrypt whose cost is no power of two', 'scrypt', '$scrypt$n=1000,r=8,p=1$U29kaXVt$cCO9yzr9c0hGHAbNgf046w'],
    [
      'a scrypt of another length than it says',
      'scrypt',
      '$scrypt$n=1024,r=8,p=1,kl=64$U29kaXVt$cCO9yzr9c0hGHAbNgf046w',
    ],
    ['a PBKDF2 with an unknown digest', 'pbkdf2', '$pbkdf2-md5$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE'],
    ['a PBKDF2 without iterations', 'pbkdf2', '$pbkdf2-sha1$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE'],
    ['a PBKDF2 that takes minutes', 'pbkdf2', '$pbkdf2-sha1$i=4000000000$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE'],
    ['a PBKDF2 cut to nothing', 'pbkdf2', '$pbkdf2-sha1$i=4096$c2FsdA$SwA'],
    ['a digest without salt', 'ssha', '{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g='],
    ['text that is no Base64', 'ssha', '{SSHA}!!!!'],
    ['a Firebase hash without its key', 'firebase-scrypt', '$firebase-scrypt$hash=AAAA$salt=AAAA$ss=Bw==$r=8$m=14'],
    ['a Firebase hash with an empty key', 'firebase-scrypt', '$firebase-scrypt$hash=$salt=AAAA$sk=$ss=Bw==$r=8$m=14'],
    [
      'a Firebase hash that takes all memory',
      'firebase-scrypt',
      '$firebase-scrypt$hash=AAAA$salt=AAAA$sk=AAAA$ss=Bw==$r=8$m=30',
    ],
  ])('is refused when it is %s', (_claim, type, text) => expect(readForeignHash(type, text)).toBeUndefined())
})

describe('a hash of ours', () => {
  test('opens to its password, is not outdated and looks like every Argon2 tool’s', async () => {
    const stored = await hashArgon2id('correct horse', Buffer.alloc(16, 7))
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$BwcHBwcHBwcHBwcHBwcHBw\$[A-Za-z0-9+/]{43}$/)
    expect(await verifyPassword(stored, 'correct horse')).toBe(true)
    expect(await verifyPassword(stored, 'Correct horse')).toBe(false)
    expect(isOutdated(stored)).toBe(false)
    expect(readForeignHash('argon2', stored)).toBe(stored)
  })

  test.each(['', 'password', '$argon2id$', '$unknown$aa$bb', '{SSHA}aaaa', 'x'.repeat(60)])(
    'that is none (%s) opens to no password',
    async (stored) => {
      expect(await verifyPassword(stored, stored)).toBe(false)
      expect(await verifyPassword(stored, '')).toBe(false)
    },
  )
})
