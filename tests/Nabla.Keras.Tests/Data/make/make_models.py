"""Writes Keras models with random weights, as Keras 2 (HDF5) and Keras 3 (.keras) store them, by h5py, which is libhdf5.

What each model gives for an input comes from TensorFlow.js' implementation of Keras' layers (expect.cjs), and for the layers that it lacks from the
formulas written out in numpy below. Usage, from the repository's root, with python3-h5py and, in a folder of its own, the npm packages
@tensorflow/tfjs-core, @tensorflow/tfjs-backend-cpu and @tensorflow/tfjs-layers 4.22.0:

    NODE_PATH=FOLDER/node_modules /usr/bin/python3 tests/Nabla.Keras.Tests/Data/make/make_models.py
"""
import copy
import io
import json
import os
import re
import subprocess
import tempfile
import zipfile

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.dirname(HERE)
random = np.random.RandomState(7)


def weight(*shape, scale=0.5):
    return (random.uniform(-1, 1, shape) * scale).astype('f4')


def positive(*shape):
    return random.uniform(0.5, 1.5, shape).astype('f4')


class Layer:
    """A layer of Keras 2: class, options, weights by name, and the names of the layers that it is called on."""

    def __init__(self, class_name, name, config=None, weights=(), inputs=(), holders=None):
        self.class_name, self.name, self.config, self.inputs = class_name, name, dict(config or {}), list(inputs)
        self.weights = list(weights)  # (name, array)
        self.holders = holders or [''] * len(self.weights)  # where Keras 3 keeps each
        self.config['name'] = name

    def v2(self):
        return {'class_name': self.class_name, 'config': self.config}


def dense(name, size, units, activation='linear', **more):
    return Layer('Dense', name, dict(units=units, activation=activation, use_bias=True),
                 [('kernel', weight(size, units)), ('bias', weight(units))], **more)


def batch_norm(name, channels, **more):
    return Layer('BatchNormalization', name, dict(axis=-1, momentum=0.9, epsilon=0.001, center=True, scale=True),
                 [('gamma', positive(channels)), ('beta', weight(channels)), ('moving_mean', weight(channels)), ('moving_variance', positive(channels))], **more)


def conv2d(name, inputs, filters, size, **options):
    sources = options.pop('sources', ())
    config = dict(filters=filters, kernel_size=list(size), strides=[1, 1], padding='valid', data_format='channels_last', dilation_rate=[1, 1],
                  activation='linear', use_bias=True)
    config.update(options)
    return Layer('Conv2D', name, config, [('kernel', weight(*size, inputs, filters)), ('bias', weight(filters))], inputs=sources)


def cnn():
    separable = Layer('SeparableConv2D', 'separable', dict(filters=6, kernel_size=[3, 3], strides=[1, 1], padding='same', depth_multiplier=2,
                      activation='tanh', use_bias=True, data_format='channels_last', dilation_rate=[1, 1]),
                      [('depthwise_kernel', weight(3, 3, 4, 2)), ('pointwise_kernel', weight(1, 1, 8, 6)), ('bias', weight(6))])
    depthwise = Layer('DepthwiseConv2D', 'depthwise', dict(kernel_size=[3, 3], strides=[2, 2], padding='same', depth_multiplier=1, activation='linear',
                      use_bias=True, data_format='channels_last'), [('depthwise_kernel', weight(3, 3, 4, 1)), ('bias', weight(4))])
    transposed = [Layer('Conv2DTranspose', f'transposed_{padding}', dict(filters=3, kernel_size=size, strides=strides, padding=padding, activation='linear',
                        use_bias=True, data_format='channels_last'), [('kernel', weight(*size, 3, inputs)), ('bias', weight(3))])
                  for padding, size, strides, inputs in (('same', [3, 3], [2, 2], 6), ('valid', [2, 4], [3, 2], 3))]
    layers = [
        conv2d('conv', 2, 4, (3, 2), strides=[2, 1], padding='same', activation='relu'),
        batch_norm('norm', 4),
        depthwise,
        Layer('ZeroPadding2D', 'frame', dict(padding=[[1, 0], [2, 1]], data_format='channels_last')),
        separable,
        *transposed,
        Layer('Cropping2D', 'crop', dict(cropping=[[0, 1], [1, 0]], data_format='channels_last')),
        Layer('MaxPooling2D', 'pool', dict(pool_size=[2, 2], strides=[2, 2], padding='same', data_format='channels_last')),
        Layer('UpSampling2D', 'enlarge', dict(size=[2, 1], data_format='channels_last', interpolation='nearest')),
        Layer('AveragePooling2D', 'average', dict(pool_size=[3, 2], strides=[2, 2], padding='same', data_format='channels_last')),
        Layer('Dropout', 'dropout', dict(rate=0.25)),
        Layer('Flatten', 'flatten', dict(data_format='channels_last')),
    ]
    return layers, [9, 8, 2], None


def lstm(name, inputs, units, **options):
    config = dict(units=units, activation='tanh', recurrent_activation='sigmoid', recurrent_initializer={'class_name': 'Zeros', 'config': {}}, use_bias=True, unit_forget_bias=True, return_sequences=False,
                  go_backwards=False, stateful=False, dropout=0.0, recurrent_dropout=0.0, implementation=1)
    config.update(options)
    return Layer('LSTM', name, config, [('kernel', weight(inputs, 4 * units)), ('recurrent_kernel', weight(units, 4 * units)), ('bias', weight(4 * units))],
                 holders=['cell'] * 3)


def gru(name, inputs, units, reset_after, **options):
    config = dict(units=units, activation='tanh', recurrent_activation='sigmoid', recurrent_initializer={'class_name': 'Zeros', 'config': {}}, use_bias=True, return_sequences=False, go_backwards=False,
                  stateful=False, dropout=0.0, recurrent_dropout=0.0, implementation=1)
    if reset_after:
        config['reset_after'] = True
    config.update(options)
    bias = weight(2, 3 * units) if reset_after else weight(3 * units)
    return Layer('GRU', name, config, [('kernel', weight(inputs, 3 * units)), ('recurrent_kernel', weight(units, 3 * units)), ('bias', bias)], holders=['cell'] * 3)


def bidirectional(name, forward, backward, merge_mode):
    inner = {'class_name': forward.class_name, 'config': forward.config}
    return Layer('Bidirectional', name, dict(layer=inner, merge_mode=merge_mode),
                 [(f'forward_{n}', w) for n, w in forward.weights] + [(f'backward_{n}', w) for n, w in backward.weights],
                 holders=['forward_layer/cell'] * 3 + ['backward_layer/cell'] * 3)


def rnn():
    simple = Layer('SimpleRNN', 'simple', dict(units=3, activation='tanh', recurrent_initializer={'class_name': 'Zeros', 'config': {}}, use_bias=True, return_sequences=False, go_backwards=True, stateful=False,
                   dropout=0.0, recurrent_dropout=0.0), [('kernel', weight(4, 9)[:, :3].copy()), ('recurrent_kernel', weight(3, 3)), ('bias', weight(3))],
                   holders=['cell'] * 3)
    inner = dense('inner', 5, 4, 'tanh')
    layers = [
        Layer('Embedding', 'embedding', dict(input_dim=11, output_dim=4, mask_zero=False, input_length=6), [('embeddings', weight(11, 4))]),
        bidirectional('both', lstm('lstm', 4, 3, return_sequences=True), lstm('lstm', 4, 3, return_sequences=True), 'concat'),
        bidirectional('sum', gru('gru', 6, 5, False, return_sequences=True), gru('gru', 6, 5, False, return_sequences=True), 'sum'),
        Layer('LayerNormalization', 'layer_norm', dict(axis=-1, epsilon=0.001, center=True, scale=True), [('gamma', positive(5)), ('beta', weight(5))]),
        Layer('TimeDistributed', 'each', dict(layer=inner.v2()), inner.weights, holders=['layer'] * 2),
        simple,
        dense('head', 3, 4, 'softmax'),
    ]
    return layers, [6], None


def conv1d(name, inputs, filters, size, sources=(), **options):
    config = dict(filters=filters, kernel_size=[size], strides=[1], padding='valid', dilation_rate=[1], activation='linear', use_bias=True,
                  data_format='channels_last')
    config.update(options)
    return Layer('Conv1D', name, config, [('kernel', weight(size, inputs, filters)), ('bias', weight(filters))], inputs=sources)


def sequence():
    layers = [
        conv1d('first', 3, 4, 3, padding='valid', dilation_rate=[2], activation='elu'),
        conv1d('same', 4, 5, 4, padding='same', strides=[2], activation='selu'),
        Layer('MaxPooling1D', 'pool', dict(pool_size=[2], strides=[1], padding='same', data_format='channels_last')),
        Layer('AveragePooling1D', 'average', dict(pool_size=[2], strides=[2], padding='valid', data_format='channels_last')),
        conv1d('last', 5, 3, 1, activation='softplus'),
        Layer('GlobalMaxPooling1D', 'most', dict(data_format='channels_last')),
        Layer('RepeatVector', 'repeat', dict(n=4)),
        Layer('Permute', 'turn', dict(dims=[2, 1])),
        Layer('Reshape', 'shape', dict(target_shape=[2, -1])),
        Layer('GlobalAveragePooling1D', 'mean', dict(data_format='channels_last')),
    ]
    return layers, [11, 3], None


def graph():
    layers = [
        conv2d('stem', 3, 4, (3, 3), padding='same', sources=['image']),
        Layer('LeakyReLU', 'leaky', dict(alpha=0.2), inputs=['stem']),
        conv2d('body', 4, 4, (3, 3), padding='same', sources=['leaky']),
        batch_norm('norm', 4, inputs=['body']),
        Layer('Add', 'sum', inputs=['leaky', 'norm']),
        Layer('ReLU', 'clipped', dict(max_value=0.9, negative_slope=0.0, threshold=0.0), inputs=['sum']),
        conv2d('left', 4, 2, (1, 1), sources=['clipped']),
        Layer('PReLU', 'learnt', dict(shared_axes=[1, 2]), [('alpha', positive(1, 1, 2))], inputs=['left']),
        conv2d('right', 4, 2, (3, 3), padding='same', sources=['clipped']),
        Layer('ELU', 'elu', dict(alpha=1.0), inputs=['right']),
        Layer('Multiply', 'product', inputs=['learnt', 'elu']),
        Layer('Maximum', 'larger', inputs=['learnt', 'elu']),
        Layer('Average', 'mean', inputs=['learnt', 'elu']),
        Layer('Concatenate', 'together', dict(axis=-1), inputs=['product', 'larger', 'mean', 'clipped']),
        Layer('GlobalAveragePooling2D', 'pool', dict(data_format='channels_last'), inputs=['together']),
        dense('head', 10, 3, 'sigmoid', inputs=['pool']),
    ]
    return layers, [5, 6, 3], 'head'


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_after(x, weights, units):
    (kernel, recurrent, bias) = weights
    state = np.zeros((x.shape[0], units))
    for step in range(x.shape[1]):
        left, right = x[:, step] @ kernel + bias[0], state @ recurrent + bias[1]
        update = sigmoid(left[:, :units] + right[:, :units])
        reset = sigmoid(left[:, units:2 * units] + right[:, units:2 * units])
        candidate = np.tanh(left[:, 2 * units:] + reset * right[:, 2 * units:])
        state = update * state + (1 - update) * candidate
    return state


def attend(x, weights):
    q, qb, k, kb, v, vb, o, ob = weights
    query, key, value = (np.einsum('btf,fhs->bths', x, w) + b for w, b in ((q, qb), (k, kb), (v, vb)))
    scores = np.einsum('bths,buhs->bhtu', query, key) / np.sqrt(q.shape[2])
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    scores /= scores.sum(-1, keepdims=True)
    return np.einsum('bthv,hvf->btf', np.einsum('bhtu,buhv->bthv', scores, value), o) + ob


def group_norm(x, groups, gamma, beta, epsilon):
    parts = x.reshape(x.shape[0], -1, groups, x.shape[-1] // groups)
    mean, variance = parts.mean((1, 3), keepdims=True), parts.var((1, 3), keepdims=True)
    return ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) * gamma + beta


def newer():
    """Layers that TensorFlow.js lacks, their formulas in numpy."""
    attention = Layer('MultiHeadAttention', 'attention', dict(num_heads=2, key_dim=3, value_dim=3, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None),
                      [(f'{part}/{kind}', weight(*shape)) for part, kernel, bias in (('query', (4, 2, 3), (2, 3)), ('key', (4, 2, 3), (2, 3)),
                       ('value', (4, 2, 3), (2, 3)), ('attention_output', (2, 3, 4), (4,))) for kind, shape in (('kernel', kernel), ('bias', bias))],
                      inputs=['steps', 'steps'], holders=[h for h in ('query_dense', 'key_dense', 'value_dense', 'output_dense') for _ in range(2)])
    normal = Layer('GroupNormalization', 'group', dict(groups=2, axis=-1, epsilon=0.001, center=True, scale=True), [('gamma', positive(4)), ('beta', weight(4))],
                   inputs=['sum'])
    recurrent = gru('gru', 4, 3, True)
    recurrent.inputs = ['crop']
    layers = [
        attention,
        Layer('Add', 'sum', inputs=['steps', 'attention']),
        normal,
        conv1d('causal', 4, 4, 3, sources=['group'], padding='causal', dilation_rate=[2]),
        Layer('ZeroPadding1D', 'frame', dict(padding=[2, 1]), inputs=['causal']),
        Layer('UpSampling1D', 'twice', dict(size=2), inputs=['frame']),
        Layer('Cropping1D', 'crop', dict(cropping=[1, 2]), inputs=['twice']),
        recurrent,
        dense('head', 3, 2, 'gelu', inputs=['gru']),
    ]

    def forward(x):
        x = x.astype('f8')
        w = {layer.name: [array.astype('f8') for _, array in layer.weights] for layer in layers}
        x = group_norm(x + attend(x, w['attention']), 2, *w['group'], 0.001)
        past = np.pad(x, ((0, 0), (4, 0), (0, 0)))
        x = sum(past[:, 2 * tap:2 * tap + x.shape[1]] @ w['causal'][0][tap] for tap in range(3)) + w['causal'][1]
        x = np.repeat(np.pad(x, ((0, 0), (2, 1), (0, 0))), 2, axis=1)[:, 1:-2]
        x = gru_after(x, w['gru'], 3) @ w['head'][0] + w['head'][1]
        from math import erf
        return x * 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))

    return layers, [5, 4], 'head', forward


def v2_config(name, layers, shape, output, integer):
    kind = 'int32' if integer else 'float32'
    if output is None:
        entries = [layer.v2() for layer in layers]
        entries[0] = copy.deepcopy(entries[0])
        entries[0]['config'].update(batch_input_shape=[None] + shape, dtype=kind)
        return {'class_name': 'Sequential', 'config': {'name': name, 'layers': entries}}
    first = layers[0].inputs[0]
    entries = [{'class_name': 'InputLayer', 'name': first, 'config': {'batch_input_shape': [None] + shape, 'dtype': kind, 'sparse': False, 'name': first}, 'inbound_nodes': []}]
    entries += [{**layer.v2(), 'name': layer.name, 'inbound_nodes': [[[source, 0, 0, {}] for source in layer.inputs]]} for layer in layers]
    return {'class_name': 'Model', 'config': {'name': name, 'layers': entries, 'input_layers': [[first, 0, 0]], 'output_layers': [[output, 0, 0]]}}


def policy():
    return {'module': 'keras', 'class_name': 'DTypePolicy', 'config': {'name': 'float32'}, 'registered_name': None}


def v3_entry(class_name, config):
    config = dict(config, trainable=True, dtype=policy())
    if 'layer' in config:
        config['layer'] = v3_entry(config['layer']['class_name'], config['layer']['config'])
    if 'alpha' in config and class_name == 'LeakyReLU':
        config['negative_slope'] = config.pop('alpha')
    if class_name in ('Dense', 'Conv2D'):
        config['kernel_initializer'] = {'module': 'keras.initializers', 'class_name': 'GlorotUniform', 'config': {'seed': None}, 'registered_name': None}
        config['kernel_regularizer'] = None
    return {'module': 'keras.layers', 'class_name': class_name, 'config': config, 'registered_name': None}


def v3_config(name, layers, shape, output):
    def tensor(source):
        return {'class_name': '__keras_tensor__', 'config': {'shape': [None], 'dtype': 'float32', 'keras_history': [source, 0, 0]}}

    first = layers[0].inputs[0] if output else 'input_layer'
    entries = [v3_entry('InputLayer', {'batch_shape': [None] + shape, 'sparse': False, 'name': first})]
    for layer in layers:
        entry = v3_entry(layer.class_name, layer.config)
        if output:
            merges = layer.class_name in ('Add', 'Multiply', 'Maximum', 'Average', 'Concatenate')
            arguments = [tensor(source) for source in layer.inputs]
            entry.update(name=layer.name, inbound_nodes=[{'args': [arguments] if merges else arguments, 'kwargs': {}}])
        entries.append(entry)
    config = {'name': name, 'trainable': True, 'layers': entries}
    if output:
        entries[0].update(name=first, inbound_nodes=[])
        config.update(input_layers=[[first, 0, 0]], output_layers=[[output, 0, 0]])
        return {'module': 'keras.src.models.functional', 'class_name': 'Functional', 'config': config, 'registered_name': 'Functional',
                'build_config': {'input_shape': None}}
    config.update(dtype=policy(), build_input_shape=[None] + shape)
    return {'module': 'keras', 'class_name': 'Sequential', 'config': config, 'registered_name': None, 'build_config': {'input_shape': [None] + shape}}


def snake(name):
    name = re.sub('(.)([A-Z][a-z]+)', r'\1_\2', name)
    return re.sub('([a-z])([A-Z])', r'\1_\2', name).lower()


def write_h5(path, config, layers, packed=False, weights_only=False):
    with h5py.File(path, 'w') as file:
        group = file
        if not weights_only:
            file.attrs['keras_version'] = '2.11.0'
            file.attrs['backend'] = 'tensorflow'
            file.attrs['model_config'] = json.dumps(config).encode('utf8')
            group = file.create_group('model_weights')
        group.attrs['layer_names'] = [layer.name.encode('utf8') for layer in layers]
        group.attrs['backend'] = b'tensorflow'
        for layer in layers:
            inner = group.create_group(layer.name)
            names = [f'{layer.name}/{name}:0'.encode('utf8') for name, _ in layer.weights]
            inner.attrs['weight_names'] = names
            for name, (_, array) in zip(names, layer.weights):
                more = dict(compression='gzip', shuffle=True, chunks=tuple(max(1, size - 1) for size in array.shape)) if packed else {}
                inner.create_dataset(name, data=array, **more)


def write_keras(path, config, layers, functional):
    store = io.BytesIO()
    with h5py.File(store, 'w') as file:
        file.create_group('vars')
        used = {}
        for class_name, layer in ([('InputLayer', None)] if functional else []) + [(layer.class_name, layer) for layer in layers]:
            name = snake(class_name)
            used[name] = used.get(name, -1) + 1
            group = file.create_group(f'layers/{name}' + (f'_{used[name]}' if used[name] else ''))
            counts = {}
            group.create_group('vars')
            for holder, (_, array) in zip(layer.holders if layer else [], layer.weights if layer else []):
                number = counts[holder] = counts.get(holder, -1) + 1
                group.require_group(f'{holder}/vars' if holder else 'vars')[str(number)] = array
        file.create_group('optimizer/vars')['0'] = np.array(3, dtype='i8')
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr(zipfile.ZipInfo('metadata.json'), json.dumps({'keras_version': '3.8.0', 'date_saved': '2025-02-02@02:02:02'}))
        archive.writestr(zipfile.ZipInfo('config.json'), json.dumps(config))
        archive.writestr(zipfile.ZipInfo('model.weights.h5'), store.getvalue())


def main():
    models = {build.__name__: build() for build in (cnn, rnn, sequence, graph, newer)}
    with tempfile.TemporaryDirectory() as folder:
        for name, (layers, shape, output, *_) in models.items():
            integer = name == 'rnn'
            x = random.randint(0, 11, [2] + shape) if integer else random.uniform(-1, 1, [2] + shape).astype('f4')
            models[name] += (x,)
            if name != 'newer':
                job = {'config': v2_config(name, layers, shape, output, False), 'layers': {layer.name: [{'shape': list(a.shape), 'values': a.ravel().tolist()} for _, a in layer.weights] for layer in layers if layer.weights},
                       'input': {'shape': list(x.shape), 'values': x.ravel().tolist(), 'int': integer}}
                json.dump(job, open(os.path.join(folder, f'{name}.json'), 'w'))
        subprocess.run(['node', os.path.join(HERE, 'expect.cjs'), folder], check=True)
        for name, parts in models.items():
            layers, shape, output, x = parts[0], parts[1], parts[2], parts[-1]
            if name == 'newer':
                y = parts[3](x)
            else:
                result = json.load(open(os.path.join(folder, f'{name}.out.json')))
                y = np.array(result['values']).reshape(result['shape'])
            np.savez(os.path.join(DATA, f'{name}.npz'), input=x.astype('i4' if x.dtype.kind == 'i' else 'f4'), output=y.astype('f4'))
            write_h5(os.path.join(DATA, f'{name}.h5'), v2_config(name, layers, shape, output, False), layers, packed=name == 'sequence')
            write_keras(os.path.join(DATA, f'{name}.keras'), v3_config(name, layers, shape, output), layers, output is not None)
        write_h5(os.path.join(DATA, 'cnn-weights.h5'), None, models['cnn'][0], weights_only=True)


if __name__ == '__main__':
    main()
