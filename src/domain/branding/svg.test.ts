import { describe, expect, test } from 'vitest'
import { unsafeSvg } from './svg.ts'

const picture = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9" ${attributes}>${inside}</svg>`

describe('a logo that only draws is taken', () => {
  test.each([
    ['shapes', '<g fill="#123"><path d="M0 0h9v9z"/><circle r="3"/></g>'],
    ['a gradient it refers to', '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use xlink:href="#b"/>'],
    ['styles', '<style>.a{fill:red}</style><path class="a"/>'],
    ['an editor’s notes', '<metadata xmlns="urn:editor">made by hand</metadata>'],
  ])('%s', (_claim, inside) => expect(unsafeSvg(picture(inside))).toBeUndefined())
})

describe('a logo that could do something is refused', () => {
  test.each([
    ['a script', '<script>alert(1)</script>', 'script'],
    ['a handler', '<path onclick="alert(1)"/>', 'onclick'],
    ['HTML within', '<foreignObject/>', 'foreignObject'],
    ['HTML by its namespace', '<b xmlns="http://www.w3.org/1999/xhtml"/>', 'HTML'],
    ['a picture from elsewhere', '<image href="https://evil.test/x.png"/>', 'image'],
    ['a reference that leads out', '<use href="https://evil.test/x.svg#a"/>', 'outside itself'],
    ['a link to a script', '<a href="javascript:alert(1)"/>', '<a>'],
    ['an animation that sets a link', '<set attributeName="href" to="javascript:alert(1)"/>', '<set>'],
    ['styles that load', '<style>@import "https://evil.test/x.css";</style>', 'styles'],
    ['paint that loads', '<rect fill="url(https://evil.test/x)"/>', 'fill'],
  ])('%s', (_claim, inside, says) => expect(unsafeSvg(picture(inside))).toContain(says))

  test.each([
    ['a handler on its root', picture('', 'onload="alert(1)"'), 'onload'],
    ['a DOCTYPE with entities', `<!DOCTYPE svg [<!ENTITY a "b">]>${picture('&a;')}`, 'XML'],
    ['another kind of XML', '<html xmlns="http://www.w3.org/1999/xhtml"/>', 'root'],
    ['no XML at all', 'GIF89a', 'XML'],
  ])('%s', (_claim, text, says) => expect(unsafeSvg(text)).toContain(says))
})
