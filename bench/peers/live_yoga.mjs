// graphql-yoga with graphql-ws on ws, as its documentation has it. Prints its port once it serves.

import { createServer } from 'node:http'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { answerPublish, eventOf, typeDefs } from './live_schema.mjs'

const pubSub = createPubSub()
const resolvers = {
  Query: { hello: () => 'world' },
  Subscription: {
    missionEvents: {
      subscribe: (_, { missionId }) => pubSub.subscribe('mission', missionId),
      resolve: (event) => event
    }
  }
}
const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false })
const publish = (mission, number) => pubSub.publish('mission', mission, eventOf(mission, number))
const server = createServer((request, response) =>
  request.url === '/publish' ? answerPublish(request, response, publish) : yoga(request, response)
)

useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...ctx,
        req: ctx.extra.request,
        socket: ctx.extra.socket,
        params
      })
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe }
      }
      const errors = validate(args.schema, args.document)
      return errors.length ? errors : args
    }
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint })
)

server.listen(0, '127.0.0.1', () => console.log(server.address().port))
