import { metadataRules, parseXml, explainXml, type XmlElement } from '#protocols/xml/parse.ts'
import { elementsOf } from '#protocols/xml/read.ts'

const svg = 'http://www.w3.org/2000/svg'
const xlink = 'http://www.w3.org/1999/xlink'

/** Shapes, text and paint. What is not here can run code, load something, or be something else than a picture. */
const allowed = new Set(
  `svg g path rect circle ellipse line polyline polygon text tspan title desc defs symbol use linearGradient
   radialGradient stop clipPath mask pattern filter feBlend feColorMatrix feComponentTransfer feComposite
   feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset
   feTile feTurbulence marker style`.split(/\s+/),
)

/** Why a picture is refused, or undefined when it only draws. Refusing beats mending: what is kept is what was sent. */
export function unsafeSvg(text: string): string | undefined {
  const parsed = parseXml(text, { ...metadataRules, maxLength: 150_000 })
  if (!parsed.ok) return `is not XML that can be read: ${explainXml(parsed.error)}`
  const root = parsed.value
  if (root.localName !== 'svg' || root.namespace !== svg) return 'is not an SVG picture: its root is another element'
  return problemIn(root)
}

function problemIn(element: XmlElement): string | undefined {
  const { localName, namespace } = element
  // Editors leave notes in namespaces of their own, which browsers do not draw.
  if (namespace === svg && !allowed.has(localName)) return `holds <${localName.slice(0, 40)}>, which logos do not need`
  if (namespace === 'http://www.w3.org/1999/xhtml') return 'holds HTML'
  for (const { localName: name, namespace: of, value } of element.attributes) {
    if (/^on/i.test(name)) return `holds the script attribute ${name.slice(0, 40)}`
    const isReference = name === 'href' && (of === null || of === xlink)
    if (isReference && !value.trim().startsWith('#')) return 'refers to something outside itself'
    if (loads(value)) return `loads something in ${name.slice(0, 40)}`
  }
  if (localName === 'style' && loads(element.children.filter((child) => typeof child === 'string').join('')))
    return 'loads something in its styles'
  for (const child of elementsOf(element)) {
    const problem = problemIn(child)
    if (problem !== undefined) return problem
  }
  return undefined
}

function loads(text: string): boolean {
  return /@import|url\(\s*['"]?\s*[^#'"\s)]|javascript:/i.test(text)
}
