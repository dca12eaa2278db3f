import { buildEntriesOf } from '../../tsup.base.ts'

export default buildEntriesOf(import.meta.dirname)
