// Asks a model over gRPC as any client would: node infer.mjs HOST:PORT PROTO
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, proto] = process.argv.slice(2);
const { inference } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: Number }));
const client = new inference.GRPCInferenceService(address, grpc.credentials.createInsecure());
const call = (method, request) => new Promise((resolve, reject) =>
  client[method](request, (error, response) => (error ? reject(error) : resolve(response))));

const ready = await call('ModelReady', { name: 'flowers' });
const metadata = await call('ModelMetadata', { name: 'flowers' });
const missing = await call('ModelMetadata', { name: 'none' }).catch(error => error);
const answer = await call('ModelInfer', {
  model_name: 'flowers',
  inputs: [{
    name: metadata.inputs[0].name,
    datatype: metadata.inputs[0].datatype,
    shape: [1, 4],
    contents: { fp32_contents: [0.1, 0.2, 0.3, 0.4] },
  }],
});
const raw = answer.raw_output_contents[0];
const output = Array.from({ length: raw.length / 4 }, (_, index) => raw.readFloatLE(index * 4));
console.log(JSON.stringify({ ready: ready.ready, notFound: missing.code, output }));
client.close();
