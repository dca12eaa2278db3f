import { defineEntity, p, type EntitySchema, type Opt } from '@mikro-orm/core'

export class User {
  declare id: Opt<number>
  declare name: string
  declare email: string
}

export const UserSchema: EntitySchema<User> = defineEntity({
  class: User,
  tableName: 'app_user',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.string(),
    email: p.string().unique(),
  },
})
