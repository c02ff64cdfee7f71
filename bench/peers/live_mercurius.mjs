// mercurius with its own subscriptions and jit. Prints its port once it serves.

import Fastify from 'fastify'
import mercurius from 'mercurius'
import { answerPublish, eventOf, typeDefs } from './live_schema.mjs'

const topic = (mission) => `mission:${mission}`
const resolvers = {
  Query: { hello: () => 'world' },
  Subscription: {
    missionEvents: { subscribe: (_, { missionId }, { pubsub }) => pubsub.subscribe(topic(missionId)) }
  }
}

const app = Fastify()
app.register(mercurius, { schema: typeDefs, resolvers, jit: 1, subscription: { fullWsTransport: true } })
app.post('/publish', (request, reply) => {
  const publish = (mission, number) =>
    app.graphql.pubsub.publish({
      topic: topic(mission),
      payload: { missionEvents: eventOf(mission, number) }
    })
  reply.hijack()
  answerPublish(request.body, reply.raw, publish)
})
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(app.server.address().port)
