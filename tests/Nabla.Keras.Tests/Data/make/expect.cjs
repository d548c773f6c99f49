// Computes what a Keras model gives, by TensorFlow.js' own implementation of Keras' layers (npm: @tensorflow/tfjs-layers).
// Usage: node expect.cjs FOLDER, where each NAME.json holds { config, layers: {name: [{shape, values}]}, input: {shape, values, int} }; writes NAME.out.json.
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
const layers = require('@tensorflow/tfjs-layers');

async function run() {
  await tf.setBackend('cpu');
  await tf.ready();
  for (const name of fs.readdirSync(process.argv[2]).filter(file => file.endsWith('.json') && !file.endsWith('.out.json'))) {
    const file = path.join(process.argv[2], name);
    const job = JSON.parse(fs.readFileSync(file, 'utf8'));
    const model = await layers.models.modelFromJSON({ modelTopology: { model_config: job.config } });
    for (const [layer, weights] of Object.entries(job.layers)) {
      model.getLayer(layer).setWeights(weights.map(weight => tf.tensor(weight.values, weight.shape)));
    }

    const output = model.predict(tf.tensor(job.input.values, job.input.shape, job.input.int ? 'int32' : 'float32'));
    fs.writeFileSync(file.replace('.json', '.out.json'), JSON.stringify({ shape: output.shape, values: Array.from(output.dataSync()) }));
  }
}

run().catch(error => { console.error(error); process.exit(1); });
