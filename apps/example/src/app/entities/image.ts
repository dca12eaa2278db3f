import { defineEntity, p, type EntitySchema, type Opt } from '@mikro-orm/core'

/** An uploaded photo, and the two jobs that make something of it. */
export class Image {
  declare id: Opt<number>
  /** As the visitor's file was called; for people only, never a path. */
  declare name: string
  /** The name of the file in the folder of uploads. */
  declare file: string
  declare format: string
  declare width: number
  declare height: number
  declare bytes: number
  declare resizeJob: string
  declare compressJob: string
}

export const ImageSchema: EntitySchema<Image> = defineEntity({
  class: Image,
  tableName: 'app_image',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.string(),
    file: p.string(),
    format: p.string(),
    width: p.integer(),
    height: p.integer(),
    bytes: p.integer(),
    resizeJob: p.string(),
    compressJob: p.string(),
  },
})
