// What the Node peers of the live benchmark share: the schema, an event, and the endpoint that publishes some.

export const typeDefs = `
  enum MissionStatus { QUEUED RUNNING COMPLETED FAILED }
  type Mission { id: ID! progress: Float! status: MissionStatus! }
  type MissionProgressed { cursor: String! at: String! mission: Mission! }
  type MissionOutputDelta { cursor: String! at: String! text: String! }
  union MissionEvent = MissionProgressed | MissionOutputDelta
  type Query { hello: String! }
  type Subscription { missionEvents(missionId: ID!): MissionEvent! }
`

export const eventOf = (mission, number) => ({
  __typename: 'MissionProgressed',
  cursor: `cursor-${number}`,
  at: new Date().toISOString(),
  mission: { id: mission, progress: number, status: 'RUNNING' }
})

// Reads {mission, numbers} and publishes an event for each, one in a turn of the event loop.
export const answerPublish = async (request, response, publish) => {
  const given = Symbol.asyncIterator in request ? await json(request) : request
  for (const number of given.numbers) {
    publish(given.mission, number)
    await new Promise((resolve) => setImmediate(resolve))
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2' })
  response.end('{}')
}

const json = async (request) => {
  let text = ''
  for await (const part of request) text += part
  return JSON.parse(text)
}
