import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDevelopmentDatabase } from './web/development-database.ts'
import { openSite } from './web/open-site.ts'

/** Where a restart finds everything again; not in version control. */
const data = fileURLToPath(new URL('../data', import.meta.url))

const { values } = parseArgs({
  options: { postgres: { type: 'boolean', default: false }, data: { type: 'string', default: data } },
})
const folder = values.data
const database = await openDevelopmentDatabase({ postgres: values.postgres, folder })
const port = Number(process.env.PORT ?? 3000)
const site = await openSite({ database: database.settings, folder, port }).catch(async (error: unknown) => {
  const inUse = (error as { code?: unknown }).code === 'EADDRINUSE'
  console.error(inUse ? `Port ${port} is taken. Choose another one: PORT=${port + 1} pnpm dev` : error)
  await database.stop()
  process.exit(1)
})

console.log(`
  GoPlate Queue, the example:  ${site.origin}

  database   ${database.name}
  mail       a real SMTP server on 127.0.0.1:${site.mail.port}; read it at ${site.origin}/mail
  worker     in this process

  Ctrl-C stops it.
`)

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())

async function stop(): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  await site.close()
  await database.stop()
  process.exit(0)
}
