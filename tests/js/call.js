// Calls the simulator as a JavaScript program would: `node call.js ENDPOINT converse|converse-stream|error MODEL`.
// Prints one line of JSON with what the SDK handed over. HTTP/1.1, because the SDK's own default on plain HTTP is HTTP/2.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const [endpoint, call, modelId] = process.argv.slice(2);
const client = new BedrockRuntimeClient({
  endpoint,
  region: "us-west-2",
  credentials: { accessKeyId: "AKIDJAVASCRIPT", secretAccessKey: "a secret of the tests" },
  maxAttempts: 1,
  requestHandler: new NodeHttpHandler(),
});
const input = {
  modelId,
  messages: [{ role: "user", content: [{ text: "Explain containers (Docker) to a beginner." }] }],
  inferenceConfig: { maxTokens: 12 },
  performanceConfig: { latency: "optimized" },
};

async function converse() {
  const { output, stopReason, usage, metrics, performanceConfig, $metadata } = await client.send(new ConverseCommand(input));
  return { text: output.message.content[0].text, stopReason, usage, metrics, performanceConfig, requestId: $metadata.requestId };
}

async function converseStream() {
  const { stream } = await client.send(new ConverseStreamCommand(input));
  const events = [];
  for await (const event of stream) events.push(event);
  return { events };
}

async function invokeStream() {
  const body = JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 12,
    messages: input.messages.map(({ role, content }) => ({ role, content: [{ type: "text", text: content[0].text }] })),
  });
  const response = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId, body, performanceConfigLatency: "optimized" }),
  );
  const chunks = [];
  for await (const event of response.body) chunks.push(JSON.parse(new TextDecoder().decode(event.chunk.bytes)));
  return { chunks, performanceConfigLatency: response.performanceConfigLatency };
}

const calls = { converse, "converse-stream": converseStream, "invoke-with-response-stream": invokeStream };
let said;
try {
  said = await calls[call]();
} catch (error) {
  said = { error: error.name, message: error.message, status: error.$metadata?.httpStatusCode };
}
console.log(JSON.stringify(said));
