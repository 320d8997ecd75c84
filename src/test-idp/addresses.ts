export const builtInSlug = 'default'
export function testIdpMetadataUrl(baseUrl: string, slug: string): string {
  return `${baseUrl}/test-idp/${slug}/metadata`
}
