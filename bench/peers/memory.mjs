// The Node peers, in memory: reads {peer, query, times} a line, answers {nanoseconds, bytes} a line.

import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { createSchema, createYoga } from 'graphql-yoga'

const { sdl, rows } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const resolvers = { Query: { cards: () => rows.cards, items: () => rows.items, hello: () => 'world' } }

const app = Fastify()
app.register(mercurius, { schema: sdl, resolvers, jit: 1 })
await app.ready()

const apollo = new ApolloServer({ typeDefs: sdl, resolvers })
await apollo.start()

const yoga = createYoga({ schema: createSchema({ typeDefs: sdl, resolvers }), logging: false })

const peers = {
  mercurius: async (query) => JSON.stringify(await app.graphql(query)),
  apollo: async (query) => {
    const { body } = await apollo.executeOperation({ query })
    return JSON.stringify(body.singleResult)
  },
  yoga: async (query) => {
    const response = await yoga.fetch('http://yoga/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query })
    })
    return response.text()
  }
}

console.log(JSON.stringify({ ready: true }))
for await (const line of createInterface({ input: process.stdin })) {
  const { peer, query, times } = JSON.parse(line)
  const nanoseconds = []
  let text = ''
  for (let at = 0; at < times; at += 1) {
    const start = process.hrtime.bigint()
    text = await peers[peer](query)
    nanoseconds.push(Number(process.hrtime.bigint() - start))
  }
  console.log(JSON.stringify({ nanoseconds, bytes: Buffer.byteLength(text), text: times === 1 ? text : '' }))
}
process.exit(0)
