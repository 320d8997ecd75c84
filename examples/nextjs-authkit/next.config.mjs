/** @type {import('next').NextConfig} */
const config = {
  distDir: 'dist',
  // Types are checked beside the build, not in it.
  typescript: { ignoreBuildErrors: true },
  // No picture here is resized, so nothing has to be able to.
  images: { unoptimized: true },
  poweredByHeader: false,
}

export default config
