import sharp from 'sharp'

const landscape = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1000">
  <defs>
    <linearGradient id="sky" x2="0" y2="1">
      <stop offset="0" stop-color="#1d2b64"/><stop offset=".55" stop-color="#c0567a"/><stop offset="1" stop-color="#ffc371"/>
    </linearGradient>
    <linearGradient id="sea" x2="0" y2="1"><stop offset="0" stop-color="#f0a06a"/><stop offset="1" stop-color="#16204a"/></linearGradient>
  </defs>
  <rect width="1600" height="1000" fill="url(#sky)"/>
  <circle cx="1050" cy="610" r="120" fill="#ffe8b0"/>
  <path d="M0 640 240 470 420 580 640 400 930 620 1180 500 1600 650V700H0Z" fill="#5b3a67"/>
  <path d="M0 690 330 560 560 660 800 580 1120 680 1400 590 1600 660V720H0Z" fill="#38254e"/>
  <rect y="700" width="1600" height="300" fill="url(#sea)"/>
  <path d="M960 720h180M930 760h240M980 800h140M1000 850h100" stroke="#ffe8b0" stroke-width="8" opacity=".7"/>
</svg>`

/** A photo for whoever has none at hand: an evening by the sea, with a camera's grain. */
export async function samplePhoto(): Promise<Uint8Array> {
  const grain = await sharp({
    create: {
      width: 1600,
      height: 1000,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 18 },
    },
  })
    .png()
    .toBuffer()
  return sharp(Buffer.from(landscape))
    .resize(1600, 1000)
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 92 })
    .toBuffer()
}
