// mercurius over HTTP: jit, a loader per edge, the mongodb driver. Prints its port once it serves.

import Fastify from 'fastify'
import mercurius from 'mercurius'
import { MongoClient, ObjectId } from 'mongodb'

const client = await new MongoClient(process.env.BENCH_MONGODB_URL).connect()
const db = client.db()

const schema = `
  enum Priority { LOW MEDIUM HIGH CRITICAL }
  type User { id: ID! name: String }
  type Label { id: ID! name: String! color: String! }
  type ChecklistItem { id: ID! title: String! done: Boolean! }
  type Card {
    id: ID!
    title: String!
    description: String
    priority: Priority
    order: Int!
    archived: Boolean!
    startDate: String
    dueDate: String
    commentCount: Int!
    attachmentCount: Int!
    version: Int!
    createdAt: String!
    updatedAt: String!
    assignee: User
    labels: [Label!]!
    checklist: [ChecklistItem!]!
  }
  type CardPage { nodes: [Card!]! }
  type Column { id: ID! name: String! cards(first: Int!): CardPage! }
  type Project { id: ID! name: String! columns: [Column!]! }
  type Query { project(id: ID!): Project }
`

const priorities = { 1: 'LOW', 2: 'MEDIUM', 3: 'HIGH', 4: 'CRITICAL' }
const text = (date) => date && date.toISOString()
const user = (row) => ({ id: row._id.toHexString(), name: row.name })
const label = (row) => ({ id: row._id.toHexString(), name: row.name, color: row.color })
const card = (row, order) => ({
  id: row._id.toHexString(),
  title: row.title,
  description: row.description,
  priority: row.priority && priorities[row.priority],
  order,
  archived: row.archived,
  startDate: text(row.start_date),
  dueDate: text(row.due_date),
  commentCount: row.comment_count,
  attachmentCount: row.attachment_count,
  version: row.version,
  createdAt: text(row.created_at),
  updatedAt: text(row.updated_at),
  checklist: row.checklist.map((item) => ({ id: item.id.toHexString(), title: item.title, done: item.done })),
  assigneeId: row.assignee_id,
  labelIds: row.label_ids
})

// Distinct ids by their text, as two ObjectIds with the same value are not the same to a Map.
const byId = async (collection, ids, projection) => {
  const distinct = new Map(ids.map((id) => [id.toHexString(), id]))
  const rows = await db.collection(collection).find({ _id: { $in: [...distinct.values()] } }, { projection }).toArray()
  return new Map(rows.map((row) => [row._id.toHexString(), row]))
}

const fields =
  'column_id title description priority archived start_date due_date comment_count attachment_count version ' +
  'created_at updated_at assignee_id label_ids checklist'
const projection = Object.fromEntries(fields.split(' ').map((name) => [name, 1]))

const resolvers = {
  Query: {
    project: async (_, { id }) => {
      const row = await db.collection('projects').findOne({ _id: new ObjectId(id) }, { projection: { name: 1 } })
      return row && { id, name: row.name, objectId: row._id }
    }
  },
  Project: {
    columns: async ({ objectId }) => {
      const rows = await db.collection('columns').find({ project_id: objectId }).sort({ rank: 1 }).toArray()
      return rows.map((row) => ({ id: row._id.toHexString(), name: row.name, objectId: row._id }))
    }
  }
}

const loaders = {
  Column: {
    cards: async (queries) => {
      const lanes = new Map(queries.map(({ obj }) => [obj.id, []]))
      const ids = queries.map(({ obj }) => obj.objectId)
      const found = db.collection('cards').find({ column_id: { $in: ids } }, { projection, batchSize: 10_000 })
      for (const row of await found.sort({ rank: 1 }).toArray()) {
        const lane = lanes.get(row.column_id.toHexString())
        lane.push(card(row, lane.length))
      }
      return queries.map(({ obj, params }) => ({ nodes: lanes.get(obj.id).slice(0, params.first) }))
    }
  },
  Card: {
    assignee: {
      opts: { cache: false },
      loader: async (queries) => {
        const ids = queries.map(({ obj }) => obj.assigneeId).filter(Boolean)
        const found = await byId('users', ids, { name: 1 })
        const users = new Map([...found].map(([id, row]) => [id, user(row)]))
        return queries.map(({ obj }) => (obj.assigneeId && users.get(obj.assigneeId.toHexString())) || null)
      }
    },
    labels: {
      opts: { cache: false },
      loader: async (queries) => {
        const found = await byId('labels', queries.flatMap(({ obj }) => obj.labelIds), { name: 1, color: 1 })
        const labels = new Map([...found].map(([id, row]) => [id, label(row)]))
        return queries.map(({ obj }) => obj.labelIds.map((id) => labels.get(id.toHexString())))
      }
    }
  }
}

const app = Fastify()
app.register(mercurius, { schema, resolvers, loaders, jit: 1 })
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
